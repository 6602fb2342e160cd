import { type Applied, forkOf, operatorOf } from './apply-operator.js';
import type { Chain } from './chain.js';
import type { DegradationTarget, Json, Size } from './define.js';
import { resampleReach } from './resample.js';

/**
 * How far away, in pixels of gt, something may lie and still influence a pixel; Infinity when an operator
 * needs the whole image.
 */
export interface Reach {
  /** Of the image that enters the chain on the finished gt. */
  readonly gt: number;
  /** Of the gt that lq is made from on lq ... */
  readonly lq: number;
  /** ... and of the image that enters the chain on that gt. */
  readonly fork: number;
}

/** The size of lq for a gt of that size. */
export const lqSize = ({ gt, scale }: DegradationTarget): Size => ({
  width: Math.trunc(gt.width / scale),
  height: Math.trunc(gt.height / scale),
});

/** The margins that drawn operators need around a window; they add up along the way. */
export function chainReach(
  chain: Chain,
  drawn: readonly Applied[],
  id: string,
  target: DegradationTarget,
): Reach {
  const fork = forkOf(drawn);
  let size = target.gt;
  const perPixel = () => Math.max(target.gt.width / size.width, target.gt.height / size.height);
  let [gt, lq, before] = [0, 0, 0];
  for (const [i, { name, params, on }] of drawn.entries()) {
    const operator = operatorOf(chain, name, id);
    const reachAt = (at: Size) => operator.reach?.(params as Json, at, target) ?? Number.POSITIVE_INFINITY;
    if (on !== undefined) gt += reachAt(target.gt);
    if (i < fork) before = gt;
    else if (on !== 'gt') {
      lq += reachAt(size) * perPixel();
      size = operator.size?.(params as Json, size, target) ?? size;
    }
  }
  const to = lqSize(target);
  if (to.width !== size.width || to.height !== size.height) {
    lq += resampleReach(size, to, 'bicubic') * perPixel();
  }
  return { gt, lq, fork: before };
}
