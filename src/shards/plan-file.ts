import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { FileOutcome } from '../events.js';
import { writeFileAtomic } from '../formats/atomic.js';
import type { Source } from '../plan/types.js';
import type { Layout } from '../stages/write/units/layout.js';
import { faultOf, planDigest } from './check-plan.js';

/** A file as it was when the run was planned. */
export interface PlannedFile {
  readonly bytes: number;
  /** Of its contents, as hex digits. */
  readonly sha256: string;
}

export interface PlannedSource extends PlannedFile {
  /** Its header: workers need not look at files of other shards. */
  readonly source: Source;
  /** Of the lq picture, where pairs are given. */
  readonly lq?: PlannedFile;
}

export interface Shard {
  /** Units that it writes (tars, or groups of pictures), the end excluded. */
  readonly from: number;
  readonly to: number;
  /** Pixels to decode and to write. */
  readonly pixels: number;
  /** Places in `files` of the photographs that it opens. */
  readonly files: readonly number[];
}

/** A run divided among processes: everything that decides about its bytes. */
export interface ShardPlan {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** Version of the package: another one may write other bytes. */
  readonly made_by: string;
  readonly name: string;
  readonly seed: number;
  /** Hash of `pipeline`. */
  readonly config: string;
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  /** Degradations of the user's own, by absolute path. */
  readonly plugins: readonly ({ readonly path: string } & PlannedFile)[];
  readonly shards: readonly Shard[];
  readonly files: readonly PlannedSource[];
  /** Files that are not used, and why. */
  readonly unused: readonly FileOutcome[];
  /** Where the pipeline wants a report, and its text for it. */
  readonly report?: { readonly out: string; readonly text: string };
  /** Of everything above, see `planDigest`. */
  readonly digest: string;
}

export const FORMAT = 'esrgan-stream plan';
export const VERSION = 1;

/** Version of this package. */
export const packageVersion = (): string =>
  String(
    (JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: unknown })
      .version,
  );

export const configHash = (pipeline: Pipeline): string =>
  createHash('sha256').update(JSON.stringify(pipeline)).digest('hex');

/** Writes a plan as JSON with one photograph a line. */
export async function writePlan(file: string, { files, ...plan }: ShardPlan): Promise<void> {
  function* pieces(): Generator<Uint8Array> {
    yield Buffer.from(`${JSON.stringify(plan).slice(0, -1)},\n"files":[`);
    for (const [i, entry] of files.entries())
      yield Buffer.from(`${i > 0 ? ',' : ''}\n${JSON.stringify(entry)}`);
    yield Buffer.from('\n]}\n');
  }
  await writeFileAtomic(file, pieces());
}

/**
 * Reads a plan.
 *
 * @throws EsrganError `PLAN_FILE` when there is none, or it is damaged, changed or contradicts itself; `PLAN_VERSION` when
 * another version made it
 */
export async function readPlan(file: string): Promise<ShardPlan> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw failure('PLAN_FILE', `the plan ${file} cannot be read`, file, { cause });
  });
  const plan = parse(text) as Partial<ShardPlan> | undefined;
  if (plan?.format !== FORMAT)
    throw failure('PLAN_FILE', `${file} is no plan of esrgan plan, or only a part of one`, file);
  const own = packageVersion();
  if (plan.version !== VERSION || plan.made_by !== own) {
    const by = `${file} was made by version ${plan.made_by} (plan version ${plan.version})`;
    throw failure('PLAN_VERSION', `${by}; this is version ${own} (plan version ${VERSION})`, file, {
      remedy: 'Use one version of esrgan-stream everywhere, or plan again.',
    });
  }
  const whole = plan as ShardPlan;
  if (!whole.pipeline || configHash(whole.pipeline) !== whole.config || !Array.isArray(whole.files))
    throw changed(file);
  if (planDigest(whole) !== whole.digest) throw changed(file);
  const fault = faultOf(whole);
  if (fault !== undefined) throw failure('PLAN_FILE', `${file} is no whole plan: ${fault}`, file);
  return whole;
}

const changed = (file: string): EsrganError =>
  failure('PLAN_FILE', `${file} has been changed since it was made`, file);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(
  code: string,
  message: string,
  file: string,
  details: { readonly cause?: unknown; readonly remedy?: string } = {},
): EsrganError {
  const remedy = 'Make it with: esrgan plan PIPELINE.yml --shards N --out plan.json';
  return new EsrganError(code, message, { remedy, ...details, place: { file } });
}
