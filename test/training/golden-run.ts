import { readFileSync } from 'node:fs';
import type { RunEvent } from '../../src/events.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import type { Batch } from '../../src/training/batch.js';
import { readCheckpoint, weights } from '../../src/training/checkpoint.js';
import { TrainOptions } from '../../src/training/options.js';
import { type TrainSummary, train } from '../../src/training/train.js';
import { readNpy } from '../npy.js';
import { fixture } from '../root.js';

/** Batch `index` of uint8 [batches, n, 3, h, w], as NHWC bytes. */
function channelsLast({ shape, data }: { shape: readonly number[]; data: Uint8Array }, index: number) {
  const [, n, c, h, w] = shape as [number, number, number, number, number];
  const out = new Uint8Array(n * c * h * w);
  for (let i = 0; i < out.length; i++) {
    const [image, channel, pixel] = [Math.floor(i / (w * h * c)), Math.floor(i / (w * h)) % c, i % (w * h)];
    out[(image * h * w + pixel) * c + channel] = data[index * out.length + i]!;
  }
  return { bytes: out, shape: [n, h, w, c] as const };
}

/** An endless source of the five batches of a reference run: `esrnet` or `gan`. */
export function referenceBatches(run: 'esrnet' | 'gan', from = 0) {
  const lq = readNpy<Uint8Array>(fixture('training', `${run}_lq_u8.npy`));
  const gt = readNpy<Uint8Array>(fixture('training', `${run}_gt_u8.npy`));
  let next = from;
  const batch = (index: number): Batch => {
    const [small, large] = [channelsLast(lq, index % 5), channelsLast(gt, index % 5)];
    const rows = Array.from({ length: small.shape[0] }, (_, i) => ({
      id: `picture.png@HR:8x8+${index}+${i}`,
      epoch: 0,
      seed: '00',
      augment: { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 },
      degradations: [],
    }));
    const pictures = { lq: small.bytes, lqShape: small.shape, gt: large.bytes, gtShape: large.shape };
    return { index, epoch: 0, size: rows.length, ...pictures, rows };
  };
  return { next: async () => batch(next++), done: () => {} };
}

export type Losses = Readonly<Record<string, number>>;

export interface ReferenceRun {
  readonly options: { readonly network_g: unknown; readonly network_d?: unknown; readonly train: object };
  readonly log: readonly { readonly lr: number[]; readonly [loss: string]: number | number[] }[];
  readonly continued?: { readonly log: ReferenceRun['log'] };
}

export const referenceRun = (run: 'esrnet' | 'gan'): ReferenceRun =>
  JSON.parse(readFileSync(fixture('training', `${run}.json`), 'utf8')) as ReferenceRun;

export interface Outcome {
  readonly summary: TrainSummary;
  readonly events: readonly RunEvent[];
}

/** A training run from options that are not checked yet. */
export async function runTraining(
  options: object,
  source: Parameters<typeof train>[0],
  signal = new AbortController().signal,
): Promise<Outcome> {
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => void events.push(event);
  const summary = await train(source, TrainOptions.parse(options), { name: 'unnamed', signal, emit });
  return { summary, events };
}

/** The largest relative error of the losses of `ours`, step by step, against those of a reference. */
export function worstLoss(
  ours: readonly { readonly losses: Losses }[],
  reference: ReferenceRun['log'],
): number {
  const errors = reference.flatMap((expected, i) =>
    Object.entries(expected)
      .filter(([name]) => /^(l|out)_/.test(name))
      .map(([name, value]) => Math.abs(ours[i]!.losses[name]! / (value as number) - 1)),
  );
  return Math.max(...errors);
}

/** How far the weights of a checkpoint are from those of a reference: share within 1e-5, and the worst. */
export async function weightErrors(file: string, key: 'params' | 'params_ema', reference: string) {
  const { tensors } = await readSafetensors(fixture('training', reference));
  const ours = weights(await readCheckpoint(file), key);
  const errors = [...tensors].flatMap(([name, { data }]) =>
    [...data].map((value, i) => Math.abs(value - (ours.get(name)?.data[i] ?? Number.NaN))),
  );
  return {
    near: errors.filter((e) => e <= 1e-5).length / errors.length,
    worst: errors.reduce((a, b) => Math.max(a, b), 0),
    names: ours.size === tensors.size && [...tensors.keys()].every((name) => ours.has(name)),
  };
}
