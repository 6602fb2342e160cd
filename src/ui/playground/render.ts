import { createHash } from 'node:crypto';
import type { Pixels } from '../../images/pixels.js';
import type { TracedPair } from '../../preview/types.js';
import { inWords, pictureOf } from '../../preview/words.js';
import type { Shot } from './wire.js';

export interface Shots {
  readonly shots: readonly Shot[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** The pictures of a pair in the order in which they are made. */
export function shotsOf({ original, gt, lq, steps }: TracedPair, keys: readonly string[]): Shots {
  const bytes = new Map<string, Uint8Array>();
  const shot = (id: string, of: string, image: Pixels, rest: Partial<Shot> = {}): Shot => {
    const { width, height, data } = image;
    const hash = createHash('sha1').update(`${width}x${height}`).update(data).digest('base64url');
    bytes.set(hash, data);
    return { id, name: id, of, words: '', width, height, hash, ...rest };
  };
  const changesGt = steps.some(({ on }) => on !== 'lq');
  const shots = [
    ...(changesGt ? [shot('original', 'gt', original)] : []),
    shot('gt', 'gt', gt),
    ...steps.map(({ name, params, image, row }, i) => {
      const key = row === undefined ? undefined : keys[row];
      return shot(`${i}`, pictureOf(steps, i), image, { key, name, words: inWords(params) });
    }),
    shot('lq', 'lq', lq),
  ];
  return { shots, bytes };
}
