import { existsSync } from 'node:fs';
import path from 'node:path';
import { EsrganError } from '../errors.js';
import { TrainOptions } from '../training/options.js';
import { assemble } from './assemble.js';
import { chooseBase, fromBase } from './base-folder.js';
import { otherFactor } from './basicsr/model-rules.js';
import { readOptions } from './basicsr/read.js';
import { isOptionFile, refuseOther } from './kind-of-file.js';
import { fits, type Override, parseOverride } from './overrides.js';
import { packageRoot } from './package-root.js';
import { parseYaml } from './parse.js';
import type { GivenFile, Pipeline, PipelineSink } from './pipeline-file.js';
import { PipelineFile } from './pipeline-schema.js';
import { valueAt } from './problems.js';
import { keysAt } from './schema-walk.js';
import { readText } from './text-file.js';
import { type Path, readYaml, type Spot, type YamlFile } from './yaml-file.js';

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
  const { value } = readYaml(text, file);
  refuseOther(value, file, 'pipeline');
  const { own, training } = sortOverrides(value, overridesFrom(set, seed));
  const read = parseYaml(PipelineFile, text, file, own);
  const baseFolder = chooseBase(file, read.source);
  const given: GivenFile[] = [{ name: path.basename(file), text }];
  const sink = await readSink(read, {
    ...{ file, text, training, baseFolder, given },
    scale: read.scale,
  });
  return assemble(read, sink, { file: path.resolve(file), baseFolder, text, given });
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
  const sink = valueAt(value, ['sink', 'train']);
  const elsewhere = valueAt(sink, ['options']) !== undefined;
  for (const override of overrides) {
    const meant = sink === undefined ? undefined : forTraining(value, override);
    if (!meant) own.push(override);
    else if (elsewhere) training.push(meant);
    else own.push(inline(meant));
  }
  return { own, training };
}

function forTraining(pipeline: unknown, override: Override): Override | undefined {
  const { path: full } = override;
  const prefix = full[0] === 'sink' && full[1] === 'train' ? 2 : 0;
  const rest = full.slice(prefix);
  if (prefix === 2) return rest[0] === 'options' ? undefined : { ...override, path: rest };
  const top = keysAt(TrainOptions, []);
  // `train` is the sink and a section of its options; what the section does not know is meant for the sink.
  const ofSink = full[0] === 'train' && full[1] !== undefined && top.includes(full[1]);
  if (ofSink && !keysAt(TrainOptions, ['train']).includes(full[1]))
    return { ...override, path: full.slice(1) };
  if (fits(PipelineFile, pipeline, override)) return undefined;
  return top.includes(full[0]) ? override : undefined;
}

/** Options that stand in the pipeline file itself are changed there. */
const inline = (override: Override): Override => ({ ...override, path: ['sink', 'train', ...override.path] });

function writeSink(options: NonNullable<PipelineFile['sink']['write']>): PipelineSink {
  if ('webdataset' in options) return { kind: 'webdataset', options };
  return 'pairs' in options ? { kind: 'pairs', options } : { kind: 'write', options };
}

interface SinkContext {
  readonly file: string;
  readonly text: string;
  readonly training: readonly Override[];
  readonly baseFolder: string;
  readonly scale: number;
  /** Where what is read is noted down. */
  readonly given: GivenFile[];
}

async function readSink({ sink }: PipelineFile, context: SinkContext): Promise<PipelineSink> {
  if (sink.write) return writeSink(sink.write);
  if (sink.discard) return { kind: 'discard', options: sink.discard };
  const { scale } = context;
  if (sink.train && !('options' in sink.train)) {
    checkFactor(sink.train, scale, readYaml(context.text, context.file), ['sink', 'train']);
    return training(sink.train, context);
  }
  const { place } = readYaml(context.text, context.file).spot(['sink', 'train', 'options'], 'value');
  const file = findOptions(sink.train?.options ?? '', context.file);
  const text = await readText(file, place);
  context.given.push({ name: path.basename(file), text });
  const options = readTraining(text, file, context.training);
  checkFactor(options, scale, readYaml(text, file), []);
  return training(options, context);
}

function checkFactor({ network_g }: TrainOptions, scale: number, yaml: YamlFile, at: Path): void {
  const other = otherFactor(network_g, scale);
  if (!other) return;
  throw new EsrganError('CONFIG_INVALID', `${other.message}, or change scale in the pipeline file`, {
    ...yaml.spot([...at, 'network_g', other.key], 'value'),
  });
}

const training = (options: TrainOptions, { baseFolder }: SinkContext): PipelineSink => ({
  kind: 'train',
  options: fromBase(options, baseFolder),
});

/** The training half of an option file, with or without its data sets. */
function readTraining(text: string, file: string, overrides: readonly Override[]): TrainOptions {
  return isOptionFile(readYaml(text, file).value)
    ? readOptions(text, file, { overrides }).train
    : parseYaml(TrainOptions, text, file, overrides);
}

function findOptions(asked: string, pipelineFile: string): string {
  const folders = ['.', path.dirname(pipelineFile), packageRoot];
  const found = folders
    .map((folder) => (folder === '.' ? asked : path.resolve(folder, asked)))
    .find(existsSync);
  return found ?? asked;
}
