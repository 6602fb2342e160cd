import { clampUnit } from '../simd/float/index.js';
import { type Applied, applyOperator, forkOf, type OperatorTools, onGt } from './apply-operator.js';
import type { Chain } from './chain.js';
import type { FloatImage, Size } from './define.js';
import { type ImagePool, shareMemory } from './image-pool.js';
import { copyPart, type Part, wholeOf } from './part.js';
import { lqSize } from './reach.js';
import { resample } from './resample.js';

/** Which picture of a pair an observer is shown. */
export type Picture = 'gt' | 'lq';

/** What applying a chain needs besides the image. */
export interface ApplyTools extends OperatorTools {
  readonly scale: number;
  /** The part of a changed gt that lq is made from, and that holds all that is kept of gt; all of it without. */
  readonly lqFrom?: Part;
  /** Sees the image after every operator, and after the final resize if there is one. It may copy, not keep. */
  readonly after?: (step: Applied, image: FloatImage, picture: Picture) => void;
}

/** What a chain makes of an image; both come from the pool. */
export interface Made {
  /** Absent when no step is applied to gt. */
  readonly gt?: FloatImage;
  /** Of size gt / scale, within [0, 1]. */
  readonly lq: FloatImage;
}

/**
 * Applies drawn operators in order, then brings lq to exactly gt / scale (antialiased bicubic, when it has
 * another size) and into [0, 1]. lq is made from gt as it is when the first step on lq alone comes. `image` is
 * used up; give the results back to the pool when they are read.
 */
export async function applyChain(
  chain: Chain,
  image: FloatImage,
  drawn: readonly Applied[],
  tools: ApplyTools,
): Promise<Made> {
  const fork = forkOf(drawn);
  const gt = drawn.some(onGt) ? new Line(chain, image, 'gt', tools) : undefined;
  // Of the last thing done to gt only the part that lq is made from counts, and that holds the window that is kept.
  const done = drawn.slice(fork).some(onGt) ? -1 : fork - 1;
  for (const [i, step] of drawn.slice(0, fork).entries())
    await gt?.apply(step, i === done ? tools.lqFrom : undefined);
  const lq = new Line(chain, gt ? forkFrom(gt.image, tools) : image, 'lq', tools);
  try {
    for (const step of drawn.slice(fork)) {
      if (onGt(step)) await gt?.apply(step);
      if (step.on !== 'gt') await lq.apply(step);
    }
    lq.finish();
  } catch (error) {
    if (gt) tools.pool.give(gt.image);
    tools.pool.give(lq.image);
    throw error;
  }
  return gt ? { gt: gt.image, lq: lq.image } : { lq: lq.image };
}

/** A picture on its way through the steps that concern it. */
class Line {
  image: FloatImage;
  readonly #chain: Chain;
  readonly #picture: Picture;
  readonly #tools: ApplyTools;
  readonly #target: { readonly scale: number; readonly gt: Size };

  constructor(chain: Chain, image: FloatImage, picture: Picture, tools: ApplyTools) {
    this.image = image;
    this.#chain = chain;
    this.#picture = picture;
    this.#tools = tools;
    this.#target = { scale: tools.scale, gt: { width: image.width, height: image.height } };
  }

  async apply(step: Applied, part?: Part): Promise<void> {
    const size = this.#picture === 'gt' ? this.#target.gt : undefined;
    this.image = await applyOperator(this.#chain, step, this.image, this.#target, this.#tools, {
      size,
      part,
    });
    this.#tools.after?.(step, this.image, this.#picture);
  }

  finish(): void {
    const { pool, after } = this.#tools;
    const to = lqSize(this.#target);
    if (this.image.width !== to.width || this.image.height !== to.height) {
      this.image = resampleWithin(pool, this.image, to);
      after?.({ name: 'resize', params: { to: 'lq', filter: 'bicubic_aa' } }, this.image, this.#picture);
    }
    clampUnit(this.image.data);
  }
}

function resampleWithin(pool: ImagePool, image: FloatImage, to: Size): FloatImage {
  const lent: FloatImage[] = [image];
  const made = resample(image, to, 'bicubic', (width, height) => {
    const taken = pool.take(width, height);
    lent.push(taken);
    return taken;
  });
  for (const taken of lent) if (!shareMemory(taken, made)) pool.give(taken);
  return made;
}

function forkFrom(image: FloatImage, { pool, lqFrom = wholeOf(image) }: ApplyTools): FloatImage {
  const copy = pool.take(lqFrom.width, lqFrom.height);
  copyPart(image, lqFrom, copy);
  return copy;
}
