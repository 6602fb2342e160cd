import { encodeNpy } from '../formats/npy.js';
import { tarMember } from '../formats/tar/index.js';
import { encode } from '../images/encode.js';
import type { Pixels } from '../images/pixels.js';
import type { LeasedPair } from '../stages/degrade/degrade.js';
import type { Encoding } from './request.js';

/** Where a sample stands: `/epoch/EPOCH?from=POSITION` begins with it. */
export interface Place {
  readonly epoch: number;
  readonly position: number;
}

type Size = Pick<Pixels, 'width' | 'height'>;

/** For streams, the fast level: the pictures are read once. */
const LEVEL = 1;

/** Files of one sample share their name up to the first dot. */
export const keyOf = ({ epoch, position }: Place): string =>
  `${String(epoch).padStart(4, '0')}-${String(position).padStart(9, '0')}`;

/**
 * A pair as members of a tar stream, by the convention of webdataset: `KEY.gt.npy`, `KEY.lq.npy` (or png), `KEY.json` with
 * the pair's place in the plan and its provenance. The same pair gives the same bytes. They come in pieces, of which
 * some are the pair's own arrays: copying them would cost as much as sending them.
 */
export async function members(
  { record, gt, gtSize, lq, lqSize }: LeasedPair,
  place: Place,
  encoding: Encoding,
): Promise<Uint8Array[]> {
  const key = keyOf(place);
  const [gtFile, lqFile] = await Promise.all([picture(gt, gtSize, encoding), picture(lq, lqSize, encoding)]);
  const json = Buffer.from(JSON.stringify({ plan: place, ...record }));
  return [
    ...tarMember(`${key}.gt.${encoding}`, gtFile),
    ...tarMember(`${key}.lq.${encoding}`, lqFile),
    ...tarMember(`${key}.json`, [json]),
  ];
}

/** A file in pieces. */
async function picture(data: Uint8Array, size: Size, encoding: Encoding): Promise<Uint8Array[]> {
  if (encoding === 'npy') return [npyHeader([size.height, size.width, 3]), data];
  const pixels = { data, ...size, channels: 3, stride: 3 * size.width } as const;
  return [await encode(pixels, 'png', { compressionLevel: LEVEL })];
}

/** What stands before the bytes of an array. */
const npyHeader = (shape: readonly number[]): Uint8Array => encodeNpy(shape, new Uint8Array());
