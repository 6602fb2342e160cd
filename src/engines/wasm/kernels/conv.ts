import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { conv2DInfo } from './conv-info.js';
import { defineTunedKernel, type Inputs } from './define.js';

type Shape4D = [number, number, number, number];

/**
 * tfjs leaves `same` to XNNPACK, which puts filters that are narrower than their stride in the wrong place; told
 * the padding in numbers, it does it right.
 */
function inNumbers({ x, filter }: Inputs, attributes: NamedAttrMap): NamedAttrMap {
  const undilated = [attributes.dilations].flat().every((dilation) => dilation === 1);
  if (attributes.pad !== 'same' || attributes.dataFormat !== 'NHWC' || !undilated) return attributes;
  const { padInfo } = conv2DInfo(x!.shape as Shape4D, filter!.shape as Shape4D, attributes);
  const pad = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  return { ...attributes, pad };
}

export const conv = [
  defineTunedKernel('Conv2D', (_, inputs, attributes) => inNumbers(inputs, attributes)),
  // tfjs' kernel looks up the shape of its bias where a reshaped tensor still has the old one, and refuses it.
  defineTunedKernel('FusedConv2D', (backend, inputs, attributes) => {
    const { bias } = inputs;
    if (bias) backend.dataIdMap.get(bias.dataId).shape = [...bias.shape];
    return inNumbers(inputs, attributes);
  }),
];
