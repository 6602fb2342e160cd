import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { loadOptions } from '../config/basicsr/load.js';
import { isOptionFile } from '../config/kind-of-file.js';
import { loadPipeline } from '../config/load-pipeline.js';
import { packageRoot } from '../config/package-root.js';
import type { Pipeline } from '../config/pipeline-file.js';
import { readText } from '../config/text-file.js';
import { readYaml } from '../config/yaml-file.js';
import { changesBetween, effectiveOptions, type OptionsInput } from '../report/index.js';
import { fingerprint } from '../training/state/diff.js';

/** Everything that a pipeline was told, by the names that users write. */
function told({ name, seed, scale, epochs, memory, workers, out, source, stages, sink }: Pipeline) {
  return {
    ...{ name, seed, scale, epochs, memory, workers, out, source },
    stages,
    [sink.kind]: sink.options,
  };
}

/** Without what only says where things lie, what they are called and how much is logged. */
function essential(pipeline: Pipeline): Record<string, unknown> {
  const { name, workers, out, source, ...rest } = told(pipeline);
  const { metadata, ...stages } = pipeline.stages;
  const { sink } = pipeline;
  if (sink.kind !== 'train') return { ...rest, stages, [sink.kind]: without(places, sink.options) };
  const { name: _, path: _path, logger, ...training } = sink.options;
  return { ...rest, stages, train: training };
}

/** Options of sinks that only say where files go. */
const places = ['folder', 'webdataset', 'pairs'];

const without = (keys: readonly string[], options: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([key]) => !keys.includes(key)));

/** A fingerprint of all options that a result depends on: the same on every machine and in every folder. */
export const hashOf = (pipeline: Pipeline): string =>
  fingerprint({ ...essential(pipeline), source: pipeline.source });

/** What the report says about options; reads the published files, so it is made once for a run. */
export async function optionsOf(pipeline: Pipeline): Promise<OptionsInput> {
  const { given = [] } = pipeline;
  const files = [...new Map(given.map((file) => [file.name, file])).values()];
  return {
    files,
    effective: effectiveOptions(told(pipeline)),
    changed: await changed(pipeline),
    published: await nearest(pipeline),
  };
}

/** What came from the command line; undefined when the file is not what it was, or there is none. */
async function changed(pipeline: Pipeline) {
  try {
    const text = await readText(pipeline.file);
    if (!pipeline.given?.some((file) => file.text === text)) return undefined;
    return changesBetween(told(await load(pipeline.file)), told(pipeline));
  } catch {
    // Some files can only be run with overrides, e.g. of their data.
    return undefined;
  }
}

async function load(file: string): Promise<Pipeline> {
  const { value } = readYaml(await readText(file), file);
  return isOptionFile(value) ? (await loadOptions(file)).pipeline : loadPipeline(file);
}

async function nearest(pipeline: Pipeline): Promise<OptionsInput['published']> {
  const found = [];
  for (const file of await published()) {
    const one = await load(file).catch(() => undefined);
    if (one?.sink.kind !== pipeline.sink.kind) continue;
    const name = path.relative(packageRoot, file).split(path.sep).join('/');
    const isItself = path.resolve(file) === path.resolve(pipeline.file);
    found.push({ name, isItself, changes: changesBetween(essential(one), essential(pipeline)) });
  }
  const itself = found.find(({ isItself }) => isItself);
  const [closest] = found.sort((a, b) => a.changes.length - b.changes.length);
  const best = itself ?? closest;
  return best && { name: best.name, changes: best.changes };
}

/** Shipped files that are whole runs. */
async function published(): Promise<string[]> {
  const folders = ['pipelines', 'options'].map((name) => path.join(packageRoot, name));
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name)),
    ),
  );
  return names.flat().filter((name) => name.endsWith('.yml'));
}
