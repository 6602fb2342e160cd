import path from 'node:path';
import type { z } from 'zod';
import { assemble } from '../config/assemble.js';
import type { Pipeline } from '../config/pipeline-file.js';
import { PipelineFile } from '../config/pipeline-schema.js';
import { WriteOptions } from '../stages/write/options.js';
import { allFiles, mustHoldFiles, withoutComma } from './folders.js';
import type { Locate } from './locate.js';

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
  const folder = withoutComma(input);
  mustHoldFiles(folder, '--input');
  const source = { images: allFiles, background: 'keep', threads };
  const file = PipelineFile.parse({ name, source, stages, sink: { write } });
  const sink = { kind: 'write', options: WriteOptions.parse(write) } as const;
  return assemble(file, sink, { file: `<${name}>`, baseFolder: path.resolve(folder) });
}

/** The options that errors of the run are about, with code of an error -> option. */
export function inOptions(
  { input }: Pick<AdHoc, 'input'>,
  options: Readonly<Record<string, string>> = {},
): Locate {
  return (code) => {
    if (code === 'NO_IMAGES')
      return {
        place: { file: `--input ${input}` },
        message: `no file in ${withoutComma(input)} can be used`,
      };
    return options[code] === undefined ? undefined : { place: { file: options[code] } };
  };
}
