import type { RenderAnswer } from '../../playground/wire.js';

export interface Answer {
  readonly head: RenderAnswer;
  /** RGB bytes by the hash of the picture. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** Takes a message of JSON and bytes apart. */
export function unframed(message: ArrayBuffer): Answer {
  const length = new DataView(message).getUint32(0, true);
  const head: RenderAnswer = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)));
  const bytes = new Map<string, Uint8Array>();
  let at = 4 + length;
  for (const [hash, size] of head.parts) {
    bytes.set(hash, new Uint8Array(message, at, size));
    at += size;
  }
  return { head, bytes };
}
