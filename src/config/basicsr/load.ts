import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { assemble } from '../assemble.js';
import { chooseBase, fromBase } from '../base-folder.js';
import { check } from '../parse.js';
import type { Pipeline } from '../pipeline-file.js';
import { PipelineFile } from '../pipeline-schema.js';
import { printPipeline } from '../print-pipeline.js';
import { readText } from '../text-file.js';
import { type PipelineInput, pipelineInput } from './pipeline-input.js';
import { type ReadFlags, type ReadOptions, readOptions } from './read.js';
import { rebased } from './rebase.js';

export interface LoadedOptions extends Pick<ReadOptions, 'notices' | 'spot'> {
  readonly pipeline: Pipeline;
  /** The same as it could be written into a pipeline file. */
  readonly input: PipelineInput;
}

/** What the stages demand of each other shows only in the pipeline. */
function checked(input: PipelineInput, spot: ReadOptions['spot']): PipelineFile {
  const result = check(PipelineFile, input);
  if (result.ok) return result.data;
  const [{ path: at, message }] = result.problems;
  const [, , stage, key] = at.map(String);
  if (stage === 'batch')
    throw new EsrganError('CONFIG_INVALID', message.replace('batch.', ''), spot('stream.crop.size'));
  throw new EsrganError('CONFIG_INVALID', `stream.${message}`, spot(`stream.${stage}.${key}`));
}

/**
 * Reads an option file of BasicSR or Real-ESRGAN as it was published, and makes a pipeline of it.
 *
 * @throws EsrganError FILE_NOT_FOUND, and what `readOptions` throws
 */
export async function loadOptions(file: string, flags: ReadFlags = {}): Promise<LoadedOptions> {
  const text = await readText(file);
  const { options, train, given, notices, spot } = readOptions(text, file, flags);
  const asWritten = pipelineInput(options, given);
  const parsed = checked(asWritten, spot);
  const baseFolder = chooseBase(file, parsed.source);
  const input = rebased(asWritten, train, given, baseFolder);
  const sink = { kind: 'train', options: fromBase(train, baseFolder) } as const;
  const pipeline = assemble(parsed, sink, {
    file: path.resolve(file),
    baseFolder,
    given: [
      { name: path.basename(file), text },
      { name: 'pipeline.yml', text: printPipeline(input, [`What ${path.basename(file)} amounts to`]) },
    ],
  });
  return { pipeline, input, notices, spot };
}
