import type { backend_util } from '@tensorflow/tfjs-core';
import { nchw } from '../forms.js';
import type { Graph } from '../graph.js';
import { range } from '../range.js';
import type { Value } from '../value.js';
import { correlate, pixels } from './filter-product.js';

type Info = backend_util.Conv2DInfo;

/** Any strides and dilations: every pixel that meets each weight, cut out with the stride. */
export function stridedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string {
  const { batchSize: n, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { top, left, bottom, right } = padInfo;
  const reach = (pad: number): number => Math.max(0, pad);
  const padded = graph.op('Pad', [
    nchw(graph, x),
    graph.ints([0, 0, reach(top), reach(left), 0, 0, reach(bottom), reach(right)]),
  ]);
  const taps = range(info.filterHeight).flatMap((ky) =>
    range(info.filterWidth).map((kx) => {
      const begin = [ky * info.dilationHeight, kx * info.dilationWidth];
      const steps = [info.strideHeight, info.strideWidth];
      const end = [begin[0]! + (outHeight - 1) * steps[0]! + 1, begin[1]! + (outWidth - 1) * steps[1]! + 1];
      const cut = graph.op('Slice', [padded, ...[begin, end, [2, 3], steps].map((list) => graph.ints(list))]);
      return graph.reshape(cut, [n, inChannels, outHeight * outWidth]);
    }),
  );
  const sums = correlate(graph, graph.concat(taps, 1), pixels(graph, dy), n);
  return graph.reshape(sums, [info.filterHeight, info.filterWidth, inChannels, outChannels]);
}
