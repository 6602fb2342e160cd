import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { convertWeights } from '../../formats/weights/index.js';
import { visible } from '../display/escape.js';
import { type Io, print } from '../io.js';
import { titleOf } from './inspect.js';

export interface ConvertFlags {
  readonly key?: 'params' | 'params_ema';
}

/** Writes weights in another format. */
export async function convert(input: string, output: string, flags: ConvertFlags, io: Io): Promise<number> {
  await mkdir(path.dirname(path.resolve(output)), { recursive: true });
  const { architecture, keys, notes } = await convertWeights(input, output, flags);
  const network = architecture ? titleOf(architecture) : 'unknown network';
  print(io.stdout, [
    `${visible(output)}: ${network}, ${keys.join(' and ')}`,
    ...notes.map((note) => `  ${note}`),
  ]);
  return 0;
}
