import type { Sample, Scale, Visit, Window } from './types.js';

/**
 * The order of a run, as data: a source is opened (decoded) before its samples come, and closed when
 * the announced number of them has come. Nothing here has touched a pixel.
 */
export type Step = OpenStep | SampleStep;

export interface OpenStep {
  readonly kind: 'open';
  /** Names this opening; the samples taken from it carry the same key. */
  readonly key: symbol;
  readonly visit: Visit;
  /** How many samples will be taken before it may be closed. */
  readonly samples: number;
}

export interface SampleStep {
  readonly kind: 'sample';
  readonly key: symbol;
  readonly sample: Sample;
}

/** Makes the samples of one epoch: knows how seeds are given. */
export type SampleMaker = (visit: Visit, window: Window, position: number) => Sample;

/** e.g. `0001.png@T0:400x400+200+0` (size and place as X11 geometries write them). */
export function sampleId(visit: Visit, window: Window): string {
  return `${visit.source.id}@${window.scale.tag}:${window.width}x${window.height}+${window.x}+${window.y}`;
}

/** A scale as it is held in memory: at its own size, or larger where a window reaches beyond it (padding). */
export interface HeldScale {
  readonly scale: Scale;
  readonly width: number;
  readonly height: number;
}

/** The source at its own size, from which the other scales are made, and the scales that windows lie on. */
export function heldScales({ source, scales, windows }: Visit): HeldScale[] {
  const { width, height } = source;
  const full = scales.find((scale) => scale.tag === 'HR') ?? { tag: 'HR', width, height };
  const held = new Map<Scale, { width: number; height: number }>([[full, { width, height }]]);
  for (const { scale, x, y, ...size } of windows) {
    const before = held.get(scale) ?? scale;
    held.set(scale, {
      width: Math.max(before.width, x + size.width),
      height: Math.max(before.height, y + size.height),
    });
  }
  return [...held].map(([scale, size]) => ({ scale, ...size }));
}

/** Bytes that a visit takes up, decoded. */
export function visitBytes(visit: Visit): number {
  const { channels, lq } = visit.source;
  return heldScales(visit).reduce(
    (sum, { width, height }) => sum + width * height * channels,
    lq ? lq.width * lq.height * lq.channels : 0,
  );
}

/** Sources one after the other, windows in their own order. */
export function* inOrder(visits: Iterable<Visit>, make: SampleMaker, start = 0): Generator<Step> {
  let position = start;
  for (const visit of visits) {
    const windows = visit.windows;
    const key = Symbol(visit.source.id);
    yield { kind: 'open', key, visit, samples: windows.length };
    for (const window of windows) yield { kind: 'sample', key, sample: make(visit, window, position++) };
  }
}

/**
 * The same steps without their first `count` samples. Sources whose samples are all skipped are never
 * opened: a run resumes in the middle of an epoch without decoding what went before.
 */
export function* skip(steps: Iterable<Step>, count: number): Generator<Step> {
  let left = count;
  let skipping = count > 0;
  const open = new Map<symbol, OpenStep>();
  for (const step of steps) {
    if (skipping && left === 0) {
      yield* open.values();
      skipping = false;
    }
    if (!skipping) yield step;
    else if (step.kind === 'open') open.set(step.key, step);
    else {
      left--;
      const state = open.get(step.key) as OpenStep;
      if (state.samples === 1) open.delete(step.key);
      else open.set(step.key, { ...state, samples: state.samples - 1 });
    }
  }
}
