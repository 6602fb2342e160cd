import { spotIn } from '../config/load-pipeline.js';
import type { Pipeline } from '../config/pipeline-file.js';
import { compileChain } from '../stages/degrade/compile.js';
import type { DegradeOptions } from '../stages/degrade/options.js';
import { pluginFolder } from './stream.js';

/** The chain of a pipeline; errors of its plug-ins and their options name the line of the pipeline file. */
export function chainOf(pipeline: Pipeline, degrade: DegradeOptions): ReturnType<typeof compileChain> {
  return compileChain(degrade, pluginFolder(pipeline), (path) => spotIn(pipeline, ['degrade', ...path]));
}
