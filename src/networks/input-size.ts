import type { Tensor4D } from '@tensorflow/tfjs-core';
import { EsrganError } from '../errors.js';

/**
 * For networks that fold or halve an image.
 * @throws EsrganError `NETWORK_INPUT` where height and width are not multiples of `factor`
 */
export function checkDivisible(type: string, { shape: [, height, width] }: Tensor4D, factor: number): void {
  if (height % factor === 0 && width % factor === 0) return;
  throw new EsrganError(
    'NETWORK_INPUT',
    `${type} takes images whose sides are multiples of ${factor}, but this one is ${width}x${height}.`,
    {
      remedy: `Choose a gt_size that gives it such sides, or extend the image to the next multiple of ${factor}.`,
    },
  );
}
