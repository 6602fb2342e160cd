import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { bytesToFloat } from '../../degradations/convert.js';
import type { FloatImage } from '../../degradations/define.js';
import { sharpen } from '../../degradations/usm_sharpen/usm.js';
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
  const sharp = usm.l1 || usm.percep || usm.gan ? sharpened(batch) : plain;
  const gtFor = (loss: keyof Sharpened): Tensor4D => (usm[loss] ? sharp : plain);
  return { lq, l1: gtFor('l1'), percep: gtFor('percep'), gan: gtFor('gan') };
}

/** Real-ESRGAN's numbers: see the degradation usm_sharpen. */
const usmOptions = { weight: 0.5, radius: 50, threshold: 10 };

/** gt sharpened as the original does it: after cropping, so that the borders are those of the crop. */
function sharpened({ gt, gtShape }: Batch): Tensor4D {
  const [count, height, width] = gtShape;
  const image = planar(width, height);
  const out = new Float32Array(gt.length);
  const area = width * height;
  for (let i = 0; i < count; i++) {
    const origin = i * area * 3;
    bytesToFloat(gt, { origin, dx: 3, dy: 3 * width }, image);
    sharpen(image, usmOptions, planar);
    for (let at = 0; at < area; at++)
      for (let c = 0; c < 3; c++) out[origin + at * 3 + c] = image.data[c * area + at]!;
  }
  return tensor4d(out, [...gtShape]);
}

const planar = (width: number, height: number): FloatImage => ({
  width,
  height,
  data: new Float32Array(3 * width * height),
});
