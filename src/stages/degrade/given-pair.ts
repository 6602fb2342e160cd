import { copyBytes } from '../../degradations/convert.js';
import type { Pixels } from '../../images/pixels.js';
import type { PairRecord } from '../../training/batch.js';
import type { PairArrays } from '../workers/tasks.js';
import type { Pair } from './pair.js';
import { orientedSize, type Region, walkThrough } from './window.js';

/**
 * A pair whose lq is given: both are turned and cut alike, and keep their bytes.
 *
 * @param lq 1 / scale of the size of `crop`, and the same part of the picture
 */
export function givenPair(
  crop: Pixels,
  lq: Pixels,
  record: PairRecord,
  scale: number,
  out?: PairArrays,
): Pair {
  const { augment } = record;
  const whole = { x: 0, y: 0, ...orientedSize(crop, scale, augment.rot90) };
  const kept: Region = augment.size ? { ...augment, width: augment.size, height: augment.size } : whole;
  const small = {
    x: kept.x / scale,
    y: kept.y / scale,
    width: kept.width / scale,
    height: kept.height / scale,
  };
  const made = {
    gt: out?.gt ?? new Uint8Array(3 * kept.width * kept.height),
    lq: out?.lq ?? new Uint8Array(3 * small.width * small.height),
  };
  copyBytes(crop.data, walkThrough(crop, scale, augment, kept), kept.width, kept.height, made.gt);
  copyBytes(lq.data, walkThrough(lq, 1, augment, small), small.width, small.height, made.lq);
  return {
    record,
    ...made,
    gtSize: { width: kept.width, height: kept.height },
    lqSize: { width: small.width, height: small.height },
  };
}
