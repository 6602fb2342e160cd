import type { z } from 'zod';
import type { originalFamilies } from '../../degradations/blur/options.js';
import { Step } from '../../stages/degrade/step.js';
import type { Path } from '../yaml-file.js';
import { type DegradationKeys, datasetKeys } from './degradation-options.js';

/** A step, and the keys of the option file that its options come from, by their path within the step. */
export interface Mapped {
  readonly step: StepInput;
  readonly from: Readonly<Record<string, keyof DegradationKeys>>;
}

/** A step as it is written in a pipeline file. */
export interface StepInput {
  readonly [key: string]: unknown;
}

type Suffix = '' | '2';

const filters = ['area', 'bilinear', 'bicubic'];

/** Sharpens as USMSharp() of the original does. */
export const usm = (on: 'gt' | 'lq'): StepInput => ({
  usm_sharpen: { weight: 0.5, radius: 50, threshold: 10 },
  on,
});

/** The second-order degradation of Real-ESRGAN in the words of the `degrade` stage; all draws are per pair. */
export function degradationSteps(keys: DegradationKeys): Mapped[] {
  return [...round(keys, ''), ...round(keys, '2'), ending(keys)];
}

function round(keys: DegradationKeys, n: Suffix): Mapped[] {
  const [up, down, keep] = keys[`resize_prob${n}`];
  const size = { up, down, keep, range: keys[`resize_range${n}`], filters };
  const step = { resize: n ? { of: 'lq', ...size } : size };
  const directions = { 'resize.up': `resize_prob${n}`, 'resize.down': `resize_prob${n}` } as const;
  return [
    blur(keys, n),
    { step, from: { '': `resize_prob${n}`, ...directions, resize: `resize_range${n}` } },
    noise(keys, n),
    ...(n ? [] : [jpeg(keys, n)]),
  ];
}

function blur(keys: DegradationKeys, n: Suffix): Mapped {
  const step = {
    blur: {
      kernels: kernels(keys[`kernel_list${n}`], keys[`kernel_prob${n}`]),
      sinc_prob: keys[`sinc_prob${n}`],
      size: [7, 21],
      sigma: keys[`blur_sigma${n}`],
      angle: [-180, 180],
      betag: keys[`betag_range${n}`],
      betap: keys[`betap_range${n}`],
    },
    ...(n && { prob: keys.second_blur_prob }),
  };
  return { step, from: { '': `kernel_prob${n}` } };
}

/** A family that is listed twice has the sum of its weights, as drawing from the list would give it. */
function kernels(
  list: readonly (typeof originalFamilies)[number][],
  weights: readonly number[],
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [i, family] of list.entries()) sums[family] = (sums[family] ?? 0) + (weights[i] ?? 0);
  return sums;
}

function noise(keys: DegradationKeys, n: Suffix): Mapped {
  const gaussian = keys[`gaussian_noise_prob${n}`];
  const gray_prob = keys[`gray_noise_prob${n}`];
  const step = {
    one_of: [
      { gaussian_noise: { sigma: keys[`noise_range${n}`], gray_prob }, weight: gaussian },
      {
        poisson_noise: { scale: keys[`poisson_scale_range${n}`], gray_prob },
        weight: Number((1 - gaussian).toPrecision(12)),
      },
    ],
  };
  return { step, from: { '': `gaussian_noise_prob${n}` } };
}

const jpeg = (keys: DegradationKeys, n: Suffix): Mapped => ({
  step: { jpeg: { quality: keys[`jpeg_range${n}`] } },
  from: { '': `jpeg_range${n}` },
});

function ending(keys: DegradationKeys): Mapped {
  const back = [{ resize: { to: 'lq', filters } }, { sinc: { size: [7, 21] }, prob: keys.final_sinc_prob }];
  return {
    step: { shuffle: [{ steps: back }, jpeg(keys, '2').step] },
    from: { '': 'jpeg_range2' },
  };
}

/** Where a degradation key stands in an option file. */
export const placeOf = (key: keyof DegradationKeys): string[] =>
  key in datasetKeys ? ['datasets', 'train', key] : [key];

/** Reports values that are right by themselves and do not go together, at the key that can be changed. */
export function checkDegradation(keys: DegradationKeys, ctx: z.core.$RefinementCtx): void {
  for (const n of ['', '2'] as const)
    if (keys[`kernel_prob${n}`].length !== keys[`kernel_list${n}`].length)
      ctx.addIssue({
        code: 'custom',
        path: placeOf(`kernel_prob${n}`),
        message: `give one weight for each of the ${keys[`kernel_list${n}`].length} entries of kernel_list${n}`,
      });
  const seen = new Set<string>();
  for (const { step, from } of degradationSteps(keys)) {
    const { error } = Step.safeParse(step);
    for (const { path, message } of error?.issues ?? []) {
      const place = placeOf(source(from, path));
      if (seen.has(place.join('.'))) continue;
      seen.add(place.join('.'));
      ctx.addIssue({ code: 'custom', path: place, message });
    }
  }
}

function source(from: Mapped['from'], path: Path): keyof DegradationKeys {
  for (let length = path.length; length >= 0; length--) {
    const key = from[path.slice(0, length).map(String).join('.')];
    if (key) return key;
  }
  return 'resize_range';
}
