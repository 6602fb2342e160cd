import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineName, ExecutionName } from '../engines/names.js';
import type { Batch } from '../training/batch.js';
import { TrainOptions } from '../training/options.js';
import { train } from '../training/train.js';

/** A training step to time: batches of noise, as they come from the stream, through the real training loop. */
export interface StepCase {
  readonly engine: EngineName;
  readonly execution: ExecutionName;
  /** `network_g` of an options file. */
  readonly network_g: { readonly type: string; readonly [option: string]: unknown };
  /** Pictures a batch, and the edge of an lq one in pixels. */
  readonly batch: number;
  readonly edge: number;
  readonly scale: number;
  /** Steps that are done before the first one that counts; at least one. */
  readonly warmUp: number;
  readonly steps: number;
  /** Waited for before each step, outside of its time. */
  turn?(): Promise<void>;
  /** Told the milliseconds of each step when it is done. */
  onStep?(ms: number): void;
}

export interface StepTimes {
  /** Milliseconds of the first step, which includes what an engine prepares for all that follow. */
  readonly first_ms: number;
  /** Milliseconds of each step that counts. */
  readonly steps_ms: readonly number[];
  /** Most memory that this process had, in bytes. */
  readonly peak_rss: number;
}

/** Times forward, backward, Adam and EMA in this process, on an engine that is started for it. */
export async function timeSteps(wanted: StepCase): Promise<StepTimes> {
  const folder = await mkdtemp(path.join(tmpdir(), 'esrgan-doctor-'));
  const times: number[] = [];
  let begun: number | undefined;
  let rss = 0;
  const steps = wanted.warmUp + wanted.steps;
  const source = {
    next: async (): Promise<Batch | undefined> => {
      if (begun !== undefined) {
        times.push(performance.now() - begun);
        wanted.onStep?.(times.at(-1)!);
      }
      rss = peakRss();
      if (times.length === steps) return undefined;
      const batch = noise(wanted, times.length);
      await wanted.turn?.();
      begun = performance.now();
      return batch;
    },
    done: () => {},
  };
  try {
    await train(source, optionsOf(wanted, folder, steps), {
      name: 'doctor',
      signal: new AbortController().signal,
      emit: () => {},
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { first_ms: times[0]!, steps_ms: times.slice(wanted.warmUp), peak_rss: rss };
}

function optionsOf({ engine, execution, network_g }: StepCase, folder: string, steps: number): TrainOptions {
  return TrainOptions.parse({
    engine,
    execution,
    network_g,
    path: { experiments_root: folder },
    train: { total_iter: steps + 1, ema_decay: 0.999, optim_g: { type: 'Adam', lr: 1e-4 } },
    logger: { print_freq: 1 },
  });
}

function noise({ batch, edge, scale }: StepCase, index: number): Batch {
  const fill = (side: number): Uint8Array =>
    Uint8Array.from({ length: batch * side * side * 3 }, (_, i) => ((i + index) * 7919) % 251);
  const shape = (side: number) => [batch, side, side, 3] as const;
  const row = {
    id: 'noise',
    epoch: 0,
    seed: '00',
    augment: { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: edge * scale },
    degradations: [],
  };
  return {
    index,
    epoch: 0,
    size: batch,
    lq: fill(edge),
    lqShape: shape(edge),
    gt: fill(edge * scale),
    gtShape: shape(edge * scale),
    rows: Array.from({ length: batch }, () => row),
  };
}

/** Of this program alone: where Linux says so, what getrusage reports may be that of the parent. */
export function peakRss(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found) return Number(found[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
