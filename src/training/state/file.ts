import { open } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors/index.js';
import type { StateDict } from '../../networks/types.js';
import { readBasicsrState } from './basicsr.js';
import { fingerprint } from './diff.js';
import type { OptimizerState } from './optimizer.js';
import type { Progress, TrainingState } from './types.js';

const FORMAT = 'esrgan-stream training state 1';
const sides = ['g', 'd'] as const;
const vectors = ['exp_avg', 'exp_avg_sq'] as const;

/**
 * Writes `<iter>.state`, whole or not at all: a safetensors file. Its tensors are Adam's running means,
 * `optim_g.exp_avg.<parameter>` and so on, in torch's layouts; its metadata are texts: `progress`, `recipe`
 * (both JSON), `recipe_sha256` and the optimizers' `steps`. The weights are not in it, but in the files of the
 * same iteration in models/.
 */
export async function writeState({ file, progress, recipe, optimizers }: TrainingState): Promise<void> {
  const tensors = sides.flatMap((side) =>
    vectors.flatMap((vector) =>
      [...(optimizers[side]?.[vector] ?? [])].map(
        ([name, entry]) => [`optim_${side}.${vector}.${name}`, entry] as const,
      ),
    ),
  );
  await writeSafetensors(file, new Map(tensors), {
    format: FORMAT,
    progress: JSON.stringify(progress, finiteOrText),
    recipe: JSON.stringify(recipe ?? null),
    recipe_sha256: fingerprint(recipe ?? null),
    steps: JSON.stringify({ g: optimizers.g.steps, d: optimizers.d?.steps }),
  });
}

/**
 * Reads a training state, ours or BasicSR's.
 * @throws EsrganError `STATE_UNREADABLE` when there is no such file or it is something else
 */
export async function readState(file: string): Promise<TrainingState> {
  if (await isPickle(file)) return readBasicsrState(file);
  const { tensors, metadata } = await readSafetensors(file);
  if (metadata.format !== FORMAT)
    throw new EsrganError('STATE_UNREADABLE', `${file} is not a training state`, {
      place: { file },
      remedy: 'Give a file of experiments/NAME/training_states, or resume_state: auto for the newest.',
    });
  const steps = JSON.parse(metadata.steps ?? '{}') as { g: number; d?: number };
  const d = steps.d === undefined ? undefined : optimizer('optim_d', steps.d, tensors);
  return {
    file,
    progress: JSON.parse(metadata.progress ?? '', textToNumber) as Progress,
    recipe: JSON.parse(metadata.recipe ?? 'null'),
    optimizers: { g: optimizer('optim_g', steps.g, tensors), d },
  };
}

function optimizer(prefix: string, steps: number, tensors: StateDict): OptimizerState {
  const dict = (vector: string): StateDict => {
    const start = `${prefix}.${vector}.`;
    const own = [...tensors].filter(([name]) => name.startsWith(start));
    return new Map(own.map(([name, entry]) => [name.slice(start.length), entry]));
  };
  return { steps, exp_avg: dict('exp_avg'), exp_avg_sq: dict('exp_avg_sq') };
}

/** JSON has no infinite numbers, but the PSNR of equal pictures is one. */
const finiteOrText = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;

const textToNumber = (_: string, value: unknown): unknown =>
  value === 'Infinity' || value === '-Infinity' || value === 'NaN' ? Number(value) : value;

/** Whether a file begins as torch's files do: a zip archive, or a bare pickle. */
async function isPickle(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return buffer.toString('latin1') === 'PK' || (buffer[0] === 0x80 && buffer[1]! < 6);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new EsrganError(
      'STATE_UNREADABLE',
      `${file} cannot be read: ${absent(cause) ? 'there is no such file' : String(cause)}`,
      {
        place: { file },
        remedy: `Check the path; it is relative to the working folder, ${path.resolve('.')}.`,
        cause,
      },
    );
  }
}

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
