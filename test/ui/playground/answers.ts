import type { RenderAnswer } from '../../../src/ui/playground/wire.js';

export interface Answer {
  readonly head: RenderAnswer;
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** Reads what `framed` wrote. */
export function unframed(message: Uint8Array): Answer {
  const buffer = Buffer.from(message);
  const length = buffer.readUInt32LE(0);
  const head: RenderAnswer = JSON.parse(buffer.toString('utf8', 4, 4 + length));
  const bytes = new Map<string, Uint8Array>();
  let at = 4 + length;
  for (const [hash, size] of head.parts) {
    bytes.set(hash, buffer.subarray(at, at + size));
    at += size;
  }
  if (at !== buffer.length) throw new Error('there are bytes behind the last part');
  return { head, bytes };
}
