import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SourceOptions } from '../stages/discover/options.js';
import { TrainOptions } from '../training/options.js';
import { assemble } from './assemble.js';
import { fits, type Override, parseOverride } from './overrides.js';
import { packageRoot } from './package-root.js';
import { parseYaml } from './parse.js';
import type { Pipeline, PipelineSink } from './pipeline-file.js';
import { PipelineFile } from './pipeline-schema.js';
import { valueAt } from './problems.js';
import { keysAt } from './schema-walk.js';
import { readText } from './text-file.js';
import { type Path, readYaml, type Spot } from './yaml-file.js';

export interface LoadOptions {
  /** Overrides as on the command line: `crop.size=256`, `train.total_iter=100`. */
  readonly set?: readonly string[];
  readonly seed?: number;
}

/**
 * Reads a pipeline file and the option file it names.
 *
 * @throws EsrganError naming file, line and column of what is wrong
 */
export async function loadPipeline(file: string, { set = [], seed }: LoadOptions = {}): Promise<Pipeline> {
  const text = await readText(file);
  const { own, training } = sortOverrides(readYaml(text, file).value, overridesFrom(set, seed));
  const read = parseYaml(PipelineFile, text, file, own);
  const baseFolder = chooseBase(file, read.source);
  const sink = await readSink(read, { file, text, training, baseFolder });
  return assemble(read, sink, { file: path.resolve(file), baseFolder, text });
}

/**
 * Where something of a pipeline stands in its file, by the path a user would write, e.g. `crop.size`. Steps of
 * `degrade` are `degrade.steps.0` also where the file lists them without that key.
 */
export function spotIn(pipeline: Pick<Pipeline, 'file' | 'text'>, at: string | Path): Spot {
  if (pipeline.text === undefined) return { place: { file: pipeline.file } };
  const yaml = readYaml(pipeline.text, pipeline.file);
  const steps = typeof at === 'string' ? at.split('.') : at;
  const stages = valueAt(yaml.value, ['stages']);
  const index = Array.isArray(stages)
    ? stages.findIndex((stage) => valueAt(stage, [steps[0]]) !== undefined)
    : -1;
  if (index < 0) return yaml.spot(steps, 'value');
  const [stage, ...below] = steps;
  const listed = below[0] === 'steps' && Array.isArray(valueAt(yaml.value, ['stages', index, stage]));
  return yaml.spot(['stages', index, stage, ...(listed ? below.slice(1) : below)], 'value');
}

function overridesFrom(set: readonly string[], seed: number | undefined): Override[] {
  const own = set.map(parseOverride);
  return seed === undefined ? own : [...own, { path: ['seed'], value: seed, text: `--seed ${seed}` }];
}

/** An override that the pipeline file does not know is meant for the option file it trains with. */
function sortOverrides(value: unknown, overrides: readonly Override[]) {
  const own: Override[] = [];
  const training: Override[] = [];
  for (const override of overrides) {
    const meant = valueAt(value, ['sink', 'train']) === undefined ? undefined : forTraining(value, override);
    if (meant) training.push(meant);
    else own.push(override);
  }
  return { own, training };
}

function forTraining(pipeline: unknown, override: Override): Override | undefined {
  const { path: full } = override;
  const prefix = full[0] === 'sink' && full[1] === 'train' ? 2 : 0;
  const rest = full.slice(prefix);
  if (prefix === 2) return rest[0] === 'options' ? undefined : { ...override, path: rest };
  if (fits(PipelineFile, pipeline, override)) return undefined;
  return keysAt(TrainOptions, []).includes(full[0]) ? override : undefined;
}

interface SinkContext {
  readonly file: string;
  readonly text: string;
  readonly training: readonly Override[];
  readonly baseFolder: string;
}

async function readSink({ sink }: PipelineFile, context: SinkContext): Promise<PipelineSink> {
  if (sink.write) return { kind: 'write', options: sink.write };
  if (sink.discard) return { kind: 'discard', options: sink.discard };
  const asked = sink.train?.options ?? '';
  const { place } = readYaml(context.text, context.file).spot(['sink', 'train', 'options'], 'value');
  const file = findOptions(asked, context.file);
  const options = parseYaml(TrainOptions, await readText(file, place), file, context.training);
  return { kind: 'train', options: fromBase(options, context.baseFolder) };
}

function findOptions(asked: string, pipelineFile: string): string {
  const folders = ['.', path.dirname(pipelineFile), packageRoot];
  const found = folders
    .map((folder) => (folder === '.' ? asked : path.resolve(folder, asked)))
    .find(existsSync);
  return found ?? asked;
}

/** Validation pictures of a shipped pipeline lie beside its training pictures. */
function fromBase(options: TrainOptions, baseFolder: string): TrainOptions {
  if (!options.val || baseFolder === process.cwd()) return options;
  const images = options.val.images.map((image) =>
    existsAt('.', image) ? image : path.join(baseFolder, image),
  );
  return { ...options, val: { ...options.val, images } };
}

/** The working folder, unless the photographs are only found from the pipeline file's own folder or package. */
function chooseBase(file: string, { images = [], meta_info, dataroot_gt }: SourceOptions): string {
  const relative = [...images, meta_info, dataroot_gt].filter((p) => p !== undefined);
  const own = path.dirname(path.resolve(file));
  const shipped = own.startsWith(packageRoot + path.sep);
  const folders = [process.cwd(), own, ...(shipped ? [packageRoot] : [])];
  const found = folders.find((folder) => relative.some((pattern) => existsAt(folder, pattern)));
  return found ?? (shipped ? packageRoot : process.cwd());
}

/** Whether the part of a glob before its first special character exists below a folder. */
function existsAt(folder: string, pattern: string): boolean {
  const steps = pattern.split('/');
  const magic = steps.findIndex((step) => /[*?{}()[\]!]/.test(step));
  const fixed = (magic < 0 ? steps : steps.slice(0, magic)).join('/');
  return existsSync(path.resolve(folder, fixed || '.'));
}
