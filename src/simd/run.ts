import { Copy } from './copy.js';
import type { Kernels } from './kernels.js';
import type { Plan } from './plan.js';
import type { Tables } from './table.js';
import type { Mode, SourcePlane, TargetPlane } from './types.js';

/**
 * Takes a source through the kernels, some rows at a time for all its copies, so that it is read once and what lies
 * between the passes stays in the cache.
 */
export function run(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  tables: Tables,
  plan: Plan,
  source: SourcePlane,
  targets: readonly TargetPlane[],
  scratch: number,
  mode: Mode,
): void {
  const { channels, width, height, stride = width * channels } = source;
  const pairs = scratch + plan.pairs;
  const copies = targets.map(
    (target, i) => new Copy({ kernels, memory, tables, plan, source, scratch, mode }, target, plan.copies[i]),
  );
  for (let y = 0; y < height; y += plan.group) {
    const count = Math.min(plan.group, height - y);
    let [at, step] = [source.offset + y * stride, stride];
    if (channels === 4) {
      kernels.premultiply(at, step, count, width, scratch + plan.premultiplied);
      [at, step] = [scratch + plan.premultiplied, width * 4];
    }
    kernels.pairColumns(at, step, count, width, channels, pairs);
    for (const copy of copies) copy.take(y, pairs);
  }
  if (channels === 4)
    for (const { offset, stride: step = 0, width: w, height: h } of targets)
      kernels.unpremultiply(offset, step || w * 4, h, w);
}
