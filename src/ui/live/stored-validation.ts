import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary } from '../../events.js';

type Validations = NonNullable<RunSummary['validation']>;

/** Longer headers than this are not read only to show a page. */
const LONGEST = 64 * 2 ** 20;

/** The validations that the newest training state of an experiment remembers. */
export async function storedValidation(experiment: string): Promise<Validations> {
  const folder = path.join(experiment, 'training_states');
  const names = await readdir(folder).catch((): string[] => []);
  const newest = Math.max(-1, ...names.flatMap((name) => /^(\d+)\.state$/.exec(name)?.[1] ?? []).map(Number));
  if (newest < 0) return [];
  return read(path.join(folder, `${newest}.state`)).catch(() => []);
}

/** A state is a safetensors file: the length of a header, then the header as JSON with the progress as a text in it. */
async function read(file: string): Promise<Validations> {
  const handle = await open(file);
  try {
    const start = await handle.read(Buffer.alloc(8), 0, 8, 0);
    const length = Number(start.buffer.readBigUInt64LE(0));
    if (length > LONGEST) return [];
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 8);
    const { __metadata__ } = JSON.parse(buffer.toString('utf8')) as { __metadata__?: { progress?: string } };
    const progress = JSON.parse(__metadata__?.progress ?? '{}') as { validation?: Validations };
    return progress.validation ?? [];
  } finally {
    await handle.close();
  }
}
