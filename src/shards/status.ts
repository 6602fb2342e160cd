import { finishedAt, finishedUnit } from '../stages/write/units/index.js';
import type { ShardPlan } from './plan-file.js';
import { targetOf } from './target.js';

/** How far a plan is. Pixels are those to decode and to write, by which shards are balanced. */
export interface PlanStatus {
  readonly shards: number;
  readonly done: number;
  /** Begun and not finished. */
  readonly underWay: number;
  readonly waiting: number;
  readonly failed: readonly { readonly shard: number; readonly reason: string }[];
  readonly pixels: { readonly all: number; readonly done: number };
  /** Pixels a second over the last ten minutes; absent when nothing was finished in that time. */
  readonly rate?: number;
  /** Seconds to go at that rate. */
  readonly eta?: number;
  /** Who is at work; known from a queue only. */
  readonly workers?: readonly WorkerStatus[];
}

export interface WorkerStatus {
  readonly name: string;
  /** What it is doing; absent while it waits. */
  readonly shard?: number;
  /** Share of the shard that is done. */
  readonly progress?: number;
}

/** Some work that was done evenly from one moment to another, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly pixels: number;
}

const WINDOW_MS = 600_000;

/** Pixels a second that were done in the last ten minutes, or since the first span began. */
export function rateOf(spans: readonly Span[], now: number): number | undefined {
  let begun = now;
  let pixels = 0;
  for (const { from, to, pixels: all } of spans) {
    begun = Math.min(begun, from);
    const overlap = Math.min(to, now) - Math.max(from, now - WINDOW_MS);
    if (overlap >= 0) pixels += all * (to > from ? overlap / (to - from) : 1);
  }
  const seconds = (now - Math.max(begun, now - WINDOW_MS)) / 1000;
  return pixels > 0 && seconds > 0 ? pixels / seconds : undefined;
}

/** Rate and time to go, where they can be told. */
export function pace(
  pixels: PlanStatus['pixels'],
  rate: number | undefined,
): Pick<PlanStatus, 'rate' | 'eta'> {
  if (rate === undefined) return {};
  return { rate, eta: (pixels.all - pixels.done) / rate };
}

/** How far a plan is by what lies in its output folder, whoever does it. */
export function folderStatus(plan: ShardPlan, now = Date.now()): PlanStatus {
  const target = targetOf(plan);
  const spans: Span[] = [];
  const counts = { done: 0, underWay: 0, waiting: 0 };
  const pixels = { all: 0, done: 0 };
  for (const shard of plan.shards) {
    const units = shard.to - shard.from;
    let finished = 0;
    for (let unit = shard.from; unit < shard.to; unit++) {
      if (!finishedUnit(target, plan.layout, unit)) continue;
      finished++;
      const at = finishedAt(target, unit);
      spans.push({ from: at, to: at, pixels: shard.pixels / units });
    }
    pixels.all += shard.pixels;
    pixels.done += (shard.pixels * finished) / units;
    counts[finished === units ? 'done' : finished > 0 ? 'underWay' : 'waiting']++;
  }
  return { shards: plan.shards.length, ...counts, failed: [], pixels, ...pace(pixels, rateOf(spans, now)) };
}
