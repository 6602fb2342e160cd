import type { FloatTensor } from '../safetensors/index.js';
import type { Sizes } from './generators.js';
import type { Graph } from './graph.js';

/**
 * SPAN: six attention blocks at the input's size, of which the input, the first, an early map of the last and the
 * output are gathered, and one pixel shuffle.
 */
export function span(g: Graph, x: string, { scale, img_range, rgb_mean }: Sizes): string {
  const features = mergedConv(g, g.scaled(g.less(x, rgb_mean), img_range), 'conv_1');
  const outputs: { readonly out: string; readonly early: string }[] = [];
  for (const i of [1, 2, 3, 4, 5, 6])
    outputs.push(attentionBlock(g, outputs.at(-1)?.out ?? features, `block_${i}`));
  const { out, early } = outputs.at(-1)!;
  const gathered = g.concat([features, mergedConv(g, out, 'conv_2'), outputs[0]!.out, early]);
  return g.pixelShuffle(g.conv(g.conv(gathered, 'conv_cat'), 'upsampler.0'), scale);
}

/** Three convolutions, whose last maps also say where the block's output counts. */
function attentionBlock(g: Graph, x: string, name: string): { out: string; early: string } {
  const silu = (y: string): string => g.multiply(y, g.sigmoid(y));
  const early = mergedConv(g, x, `${name}.c1_r`);
  const middle = mergedConv(g, silu(early), `${name}.c2_r`);
  const last = mergedConv(g, silu(middle), `${name}.c3_r`);
  const attention = g.less(g.sigmoid(last), [0.5]);
  return { early, out: g.multiply(g.add(x, last), attention) };
}

/**
 * The 3x3 convolution that 1x1, 3x3, 1x1 and a 1x1 beside them amount to, as nothing between them is curved. The
 * file's own `eval_conv` is not trusted: it may be older than what training made of the parts.
 */
function mergedConv(g: Graph, x: string, name: string): string {
  g.leave(`${name}.eval_conv.weight`, `${name}.eval_conv.bias`);
  const [first, middle, last, skip] = ['conv.0', 'conv.1', 'conv.2', 'sk'].map((part) => ({
    weight: g.take(`${name}.${part}.weight`),
    bias: g.take(`${name}.${part}.bias`).data,
  })) as [Part, Part, Part, Part];
  const [outputs, wide] = last.weight.shape as [number, number];
  const [, narrow] = middle.weight.shape as [number, number];
  const [, inputs] = first.weight.shape as [number, number];
  // [wide, narrow * 9] from the left with [outputs, wide], then from the right with [narrow, inputs].
  const left = product(last.weight.data, middle.weight.data, outputs, wide, narrow * 9);
  const weight = new Float32Array(outputs * inputs * 9);
  const bias = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++)
      for (let k = 0; k < 9; k++) {
        let sum = k === 4 ? skip.weight.data[o * inputs + i]! : 0;
        for (let a = 0; a < narrow; a++)
          sum += left[(o * narrow + a) * 9 + k]! * first.weight.data[a * inputs + i]!;
        weight[(o * inputs + i) * 9 + k] = sum;
      }
    // Beyond the border the first convolution gives its bias, so that every tap of the middle one sees it.
    let sum = last.bias[o]! + skip.bias[o]!;
    for (let b = 0; b < wide; b++) sum += last.weight.data[o * wide + b]! * middle.bias[b]!;
    for (let a = 0; a < narrow; a++)
      for (let k = 0; k < 9; k++) sum += left[(o * narrow + a) * 9 + k]! * first.bias[a]!;
    bias[o] = sum;
  }
  return g.convOf(
    x,
    name,
    { shape: [outputs, inputs, 3, 3], data: weight },
    { shape: [outputs], data: bias },
  );
}

interface Part {
  readonly weight: FloatTensor;
  readonly bias: Float32Array;
}

/** [rows, inner] times [inner, columns], in double precision. */
function product(
  a: Float32Array,
  b: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < inner; i++) {
      const factor = a[r * inner + i]!;
      for (let c = 0; c < columns; c++) out[r * columns + c]! += factor * b[i * columns + c]!;
    }
  return out;
}
