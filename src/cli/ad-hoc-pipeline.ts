import type { Pipeline, PipelineSink, PipelineStages } from '../config/pipeline-file.js';
import { PipelineFile } from '../config/pipeline-schema.js';
import { SourceOptions } from '../stages/discover/options.js';
import { filesIn, mustBeFolder } from './folders.js';

interface Folders {
  readonly input: string;
  readonly threads?: number;
}

/** A pipeline without a file: what the one-line commands run. Alpha is kept, as the original scripts do. */
export function adHocPipeline(
  name: string,
  { input, threads }: Folders,
  stages: PipelineStages,
  sink: Extract<PipelineSink, { kind: 'write' }>,
): Pipeline {
  mustBeFolder(input, '--input');
  const source = SourceOptions.parse({ images: filesIn(input), background: 'keep', threads });
  const { seed, scale, memory } = PipelineFile.parse({ name, source, stages: [], sink: { discard: null } });
  return { name, seed, scale, memory, source, stages, sink, file: `<${name}>`, baseFolder: process.cwd() };
}
