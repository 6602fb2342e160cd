import type { z } from 'zod';
import { assemble } from '../config/assemble.js';
import type { Pipeline } from '../config/pipeline-file.js';
import { PipelineFile } from '../config/pipeline-schema.js';
import { WriteOptions } from '../stages/write/options.js';
import { filesIn, mustBeFolder } from './folders.js';

type Input = z.input<typeof PipelineFile>;

export interface AdHoc {
  readonly name: string;
  readonly input: string;
  readonly threads?: number;
  readonly stages: Input['stages'];
  readonly write: z.input<typeof WriteOptions>;
}

/** A pipeline without a file: what the one-line commands run. Alpha is kept, as the original scripts do. */
export function adHocPipeline({ name, input, threads, stages, write }: AdHoc): Pipeline {
  mustBeFolder(input, '--input');
  const source = { images: filesIn(input), background: 'keep', threads };
  const file = PipelineFile.parse({ name, source, stages, sink: { write } });
  const sink = { kind: 'write', options: WriteOptions.parse(write) } as const;
  return assemble(file, sink, { file: `<${name}>`, baseFolder: process.cwd() });
}
