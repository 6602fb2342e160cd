import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { Pipeline } from '../config/pipeline-file.js';
import type { OperatorStep } from '../degradations/chain.js';
import { EsrganError } from '../errors.js';
import type { Sample } from '../plan/types.js';
import type { PairRecord } from '../training/batch.js';
import { type Drawing, gatherDraws, orientation } from './draws.js';
import { lossless, sketch } from './picture.js';
import { createRebuilder } from './rebuild.js';
import { plannedSamples } from './samples.js';
import type { FailedSample, PreviewData, PreviewSample, TracedPair } from './types.js';
import { inWords, pictureOf } from './words.js';

export interface PreviewOptions {
  /** Samples to show, evenly from the first epoch as far as it is drawn. Default 8. */
  readonly samples?: number;
  /** Samples to draw parameters for. Default 1,000. */
  readonly draws?: number;
  /** The command line that repeats it, for the page. */
  readonly command?: string;
}

/**
 * Shows what a pipeline trains on: some samples of its run with the image after every operator, and what was drawn
 * for many more. A sample that fails is named with its reason.
 *
 * @throws EsrganError NO_DEGRADE; what reading and degrading throw, when no sample at all can be made
 * @example
 * await writeFile('preview.html', renderPreview(await preview(await loadPipeline('pipelines/df2k-x4.yml'))));
 */
export async function preview(
  pipeline: Pipeline,
  { samples: shown = 8, draws: drawn = 1000, command }: PreviewOptions = {},
): Promise<PreviewData> {
  const rebuilder = await createRebuilder(pipeline);
  const count = Math.max(shown, drawn);
  const planned = await plannedSamples(pipeline, { count, endless: true });
  const pairs = await attempt(evenly(planned, shown), async (sample) =>
    described(await rebuilder.rebuild(sample, rebuilder.draw(sample)), sample),
  );
  const drawings = await attempt(planned.slice(0, drawn), async (sample): Promise<Drawing> => {
    const steps: OperatorStep[] = [];
    return { record: rebuilder.draw(sample, (step) => steps.push(step)), steps };
  });
  return {
    pipeline: { name: pipeline.name, text: pipeline.text ?? '' },
    seed: pipeline.seed,
    scale: pipeline.scale,
    samples: pairs.made,
    failed: pairs.failed,
    draws: gatherDraws(rebuilder.chain, drawings.made, drawings.failed),
    command,
    version: await version(),
  };
}

/** From the beginning on, and far enough apart that they come from several photographs. */
function evenly(planned: readonly Sample[], count: number): Sample[] {
  const epoch = planned.filter((sample) => sample.epoch === planned[0].epoch);
  const step = epoch.length / count;
  return step < 1
    ? planned.slice(0, count)
    : Array.from({ length: count }, (_, i) => epoch[Math.floor(i * step)]);
}

/** One after the other: pictures are large, and sharp uses all cores for each. */
async function attempt<T>(
  samples: readonly Sample[],
  make: (sample: Sample) => Promise<T>,
): Promise<{ readonly made: T[]; readonly failed: FailedSample[] }> {
  const made: T[] = [];
  const failed: FailedSample[] = [];
  let first: unknown;
  for (const sample of samples) {
    try {
      made.push(await make(sample));
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      first ??= error;
      failed.push({ id: sample.id, reason: error.message });
    }
  }
  if (made.length === 0 && first !== undefined) throw first;
  return { made, failed };
}

async function described(pair: TracedPair, { id, epoch, window }: Sample): Promise<PreviewSample> {
  const { record, original, gt, lq, steps, warnings } = pair;
  return {
    id,
    epoch,
    cut: cutInWords(record, gt.width, gt.height, window.width, window.height),
    ...(steps.some(({ on }) => on !== 'lq') && { original: await lossless(original) }),
    gt: await lossless(gt),
    lq: await lossless(lq),
    steps: await Promise.all(
      steps.map(async ({ name, params, image }, i) => ({
        name,
        of: pictureOf(steps, i),
        words: inWords(params),
        image: await sketch(image),
      })),
    ),
    warnings,
  };
}

function cutInWords({ augment }: PairRecord, width: number, height: number, w: number, h: number): string {
  const { size, x, y } = augment;
  const place = size === 0 ? 'the whole crop' : `${width}x${height} at ${x}, ${y} of a crop of ${w}x${h}`;
  return `${place}, ${orientation(augment)}`;
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}
