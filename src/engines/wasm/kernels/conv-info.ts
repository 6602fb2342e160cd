import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = Parameters<typeof backend_util.computeConv2DInfo>[5];

/** Sizes and paddings of a channels-last convolution; undefined where its strides are not 1. */
export function convInfo(
  inputShape: Shape4D,
  filterShape: Shape4D,
  attributes: NamedAttrMap,
): backend_util.Conv2DInfo | undefined {
  const info = conv2DInfo(inputShape, filterShape, attributes);
  return info.strideHeight === 1 && info.strideWidth === 1 ? info : undefined;
}

/** Sizes and paddings of a channels-last convolution from the attributes of its gradient kernels. */
export function conv2DInfo(
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dataFormat, dimRoundingMode }: NamedAttrMap,
): backend_util.Conv2DInfo {
  if (dataFormat !== 'NHWC') throw new Error(`The wasm engine convolves NHWC tensors, not ${dataFormat}.`);
  return backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides as number | [number, number],
    1,
    pad as Pad,
    dimRoundingMode as Rounding,
  );
}
