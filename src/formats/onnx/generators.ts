import type { FloatTensor } from '../safetensors/index.js';
import type { Graph } from './graph.js';

/** The numbers of a network's options that its layers depend on. */
export interface Sizes {
  readonly scale: number;
  readonly num_block: number;
  readonly num_conv: number;
  readonly act_type: string;
  readonly img_range: number;
  readonly rgb_mean: readonly number[];
}

/** RRDBNet: trunk of residual-in-residual dense blocks, then two steps of enlarging. */
export function rrdbnet(g: Graph, x: string, { scale, num_block }: Sizes): string {
  // For scales 2 and 1 the input is folded into channels, as the trunk always enlarges by 4.
  const fold = 4 / scale;
  const shallow =
    fold === 1
      ? g.conv(x, 'conv_first')
      : g.conv(g.spaceToDepth(x, fold), 'conv_first', (weight) => foldedInputs(weight, fold * fold));
  let deep = shallow;
  for (let block = 0; block < num_block; block++) {
    let inner = deep;
    for (const i of [1, 2, 3]) inner = denseBlock(g, inner, `body.${block}.rdb${i}`);
    deep = g.add(deep, g.scaled(inner, 0.2));
  }
  const features = g.add(shallow, g.conv(deep, 'conv_body'));
  const twice = g.leakyRelu(g.conv(g.nearest(features, 2), 'conv_up1'), 0.2);
  const fourTimes = g.leakyRelu(g.conv(g.nearest(twice, 2), 'conv_up2'), 0.2);
  return g.conv(g.leakyRelu(g.conv(fourTimes, 'conv_hr'), 0.2), 'conv_last');
}

function denseBlock(g: Graph, x: string, name: string): string {
  const features = [x];
  const seen = (): string => (features.length === 1 ? x : g.concat(features));
  for (const i of [1, 2, 3, 4]) features.push(g.leakyRelu(g.conv(seen(), `${name}.conv${i}`), 0.2));
  return g.add(x, g.scaled(g.conv(seen(), `${name}.conv5`), 0.2));
}

/**
 * torch numbers the folded channels colour by colour, SpaceToDepth position by position: the weight's inputs are
 * put into that order once, which is cheaper than reordering pictures.
 */
function foldedInputs({ shape, data }: FloatTensor, positions: number): FloatTensor {
  const [outputs, inputs, height, width] = shape as [number, number, number, number];
  const size = height * width;
  const colours = inputs / positions;
  const reordered = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++)
    for (let c = 0; c < colours; c++)
      for (let p = 0; p < positions; p++) {
        const from = (o * inputs + c * positions + p) * size;
        reordered.set(data.subarray(from, from + size), (o * inputs + p * colours + c) * size);
      }
  return { shape, data: reordered };
}

/** SRVGGNetCompact: convolutions at the input's size, one pixel shuffle, and the enlarged input added. */
export function srvgg(g: Graph, x: string, { scale, num_conv, act_type }: Sizes): string {
  let features = x;
  for (let i = 0; i <= num_conv; i++) {
    const y = g.conv(features, `body.${2 * i}`);
    if (act_type === 'prelu') features = g.prelu(y, `body.${2 * i + 1}.weight`);
    else features = act_type === 'relu' ? g.relu(y) : g.leakyRelu(y, 0.1);
  }
  const last = g.conv(features, `body.${2 * num_conv + 2}`);
  return scale === 1 ? g.add(last, x) : g.add(g.pixelShuffle(last, scale), g.nearest(x, scale));
}

/** MSRResNet (SRResNet without batch normalisation): the bilinearly enlarged input is added at the end. */
export function msrresnet(g: Graph, x: string, { scale, num_block }: Sizes): string {
  let features = g.leakyRelu(g.conv(x, 'conv_first'), 0.1);
  for (let block = 0; block < num_block; block++) {
    const inner = g.relu(g.conv(features, `body.${block}.conv1`));
    features = g.add(features, g.conv(inner, `body.${block}.conv2`));
  }
  const steps = scale === 4 ? [2, 2] : [scale];
  for (const [i, factor] of steps.entries())
    features = g.leakyRelu(g.pixelShuffle(g.conv(features, `upconv${i + 1}`), factor), 0.1);
  const detail = g.conv(g.leakyRelu(g.conv(features, 'conv_hr'), 0.1), 'conv_last');
  return g.add(g.bilinear(x, scale), detail);
}
