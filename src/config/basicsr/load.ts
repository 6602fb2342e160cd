import path from 'node:path';
import { assemble } from '../assemble.js';
import { chooseBase, fromBase } from '../base-folder.js';
import type { Pipeline } from '../pipeline-file.js';
import { PipelineFile } from '../pipeline-schema.js';
import { readText } from '../text-file.js';
import { type PipelineInput, pipelineInput } from './pipeline-input.js';
import { type ReadFlags, type ReadOptions, readOptions } from './read.js';

export interface LoadedOptions extends Pick<ReadOptions, 'notices' | 'spot'> {
  readonly pipeline: Pipeline;
  /** The same as it could be written into a pipeline file. */
  readonly input: PipelineInput;
}

/**
 * Reads an option file of BasicSR or Real-ESRGAN as it was published, and makes a pipeline of it.
 *
 * @throws EsrganError FILE_NOT_FOUND, and what `readOptions` throws
 */
export async function loadOptions(file: string, flags: ReadFlags = {}): Promise<LoadedOptions> {
  const { options, train, given, notices, spot } = readOptions(await readText(file), file, flags);
  const input = pipelineInput(options, given);
  const parsed = PipelineFile.parse(input);
  const baseFolder = chooseBase(file, parsed.source);
  const sink = { kind: 'train', options: fromBase(train, baseFolder) } as const;
  const pipeline = assemble(parsed, sink, { file: path.resolve(file), baseFolder });
  return { pipeline, input, notices, spot };
}
