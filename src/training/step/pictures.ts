import type { Tensor4D } from '@tensorflow/tfjs-core';
import { createImagePool } from '../../degradations/image-pool.js';
import { sharpenBytes } from '../../degradations/usm_sharpen/bytes.js';
import type { Batch } from '../batch.js';
import { toFloat } from '../to-float.js';
import type { Pictures } from './types.js';

/** Which losses compare with gt sharpened by USM. */
export interface Sharpened {
  readonly l1: boolean;
  readonly percep: boolean;
  readonly gan: boolean;
}

/** A batch as tensors; the caller disposes of them. */
export function picturesOf(batch: Batch, usm: Sharpened): Pictures {
  const lq = toFloat(batch.lq, batch.lqShape);
  const plain = toFloat(batch.gt, batch.gtShape);
  const sharp =
    usm.l1 || usm.percep || usm.gan ? toFloat(batch.gt_usm ?? sharpened(batch), batch.gtShape) : plain;
  const gtFor = (loss: keyof Sharpened): Tensor4D => (usm[loss] ? sharp : plain);
  return { lq, l1: gtFor('l1'), percep: gtFor('percep'), gan: gtFor('gan') };
}

/** For batches that do not come from a pipeline, whose workers have done this already. */
function sharpened({ gt, gtShape }: Batch): Uint8Array {
  const [count, height, width] = gtShape;
  const pool = createImagePool();
  const out = new Uint8Array(gt.length);
  const length = 3 * width * height;
  for (let at = 0; at < count * length; at += length)
    sharpenBytes(gt.subarray(at, at + length), { width, height }, pool, out.subarray(at, at + length));
  return out;
}
