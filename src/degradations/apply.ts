import { createRng } from '../random/rng.js';
import type { Chain } from './chain.js';
import type { Degradation, DegradationContext, DegradationTarget, FloatImage, Json, Size } from './define.js';
import { failure } from './failure.js';
import type { ImagePool } from './image-pool.js';
import { resampleReach } from './resample.js';
import { resize } from './resize/index.js';

/** A row of provenance: the parameters have been plain JSON since they were drawn. */
export interface Applied {
  readonly name: string;
  readonly params: unknown;
}

/** What applying a chain needs besides the image. */
export interface ApplyTools {
  /** Sample id, for messages. */
  readonly id: string;
  readonly scale: number;
  readonly pool: ImagePool;
  readonly warn: (message: string) => void;
  /** Sees the image after every operator, and after the final resize if there is one. It may copy, not keep. */
  readonly after?: (step: Applied, image: FloatImage) => void;
}

/**
 * Applies drawn operators in order, then brings the image to exactly gt / scale (antialiased bicubic, when it
 * has another size) and into [0, 1]. `image` is used up; give the result back to the pool when it is read.
 */
export async function applyChain(
  chain: Chain,
  image: FloatImage,
  drawn: readonly Applied[],
  tools: ApplyTools,
): Promise<FloatImage> {
  const target = { scale: tools.scale, gt: { width: image.width, height: image.height } };
  let current = image;
  for (const step of drawn) {
    const { name, params } = step;
    const operator = operatorOf(chain, name, tools.id);
    try {
      current = await applyOne(operator, current, params as Json, target, tools);
    } catch (cause) {
      throw failure(name, tools.id, params, cause);
    }
    tools.after?.(step, current);
  }
  const { width, height } = lqSize(target);
  if (current.width !== width || current.height !== height) {
    const params = { to: 'lq', filter: 'bicubic_aa' } as const;
    current = await applyOne(resize, current, params, target, tools);
    tools.after?.({ name: resize.name, params }, current);
  }
  clamp(current.data);
  return current;
}

/** Pixels of gt around a window that may influence the lq window; Infinity when an operator needs them all. */
export function chainReach(
  chain: Chain,
  drawn: readonly Applied[],
  id: string,
  target: DegradationTarget,
): number {
  let size = target.gt;
  let reach = 0;
  const perPixel = () => Math.max(target.gt.width / size.width, target.gt.height / size.height);
  for (const { name, params } of drawn) {
    const operator = operatorOf(chain, name, id);
    const own = operator.reach?.(params as Json, size, target) ?? Number.POSITIVE_INFINITY;
    reach += own * perPixel();
    size = operator.size?.(params as Json, size, target) ?? size;
  }
  const lq = lqSize(target);
  if (lq.width === size.width && lq.height === size.height) return reach;
  return reach + resampleReach(size, lq, 'bicubic') * perPixel();
}

const lqSize = ({ gt, scale }: DegradationTarget): Size => ({
  width: Math.trunc(gt.width / scale),
  height: Math.trunc(gt.height / scale),
});

function operatorOf(chain: Chain, name: string, id: string): Degradation {
  const operator = chain.operators.get(name);
  if (operator) return operator;
  throw failure(name, id, undefined, new Error('the chain has no operator of that name'));
}

async function applyOne(
  operator: Degradation,
  image: FloatImage,
  params: Json,
  target: DegradationTarget,
  { pool, warn }: ApplyTools,
): Promise<FloatImage> {
  const lent: FloatImage[] = [image];
  const context: DegradationContext = {
    ...target,
    rng: createRng,
    image(width, height) {
      const taken = pool.take(width, height);
      lent.push(taken);
      return taken;
    },
    warn: (message) => warn(`${operator.name}: ${message}`),
  };
  let result: FloatImage | undefined;
  try {
    const made = await operator.apply(image, params, context);
    requireImage(made);
    result = made;
    return made;
  } finally {
    for (const taken of lent) if (taken.data.buffer !== result?.data.buffer) pool.give(taken);
  }
}

function requireImage(image: FloatImage): void {
  const { width, height, data } = image ?? {};
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || !(data instanceof Float32Array) || data.length !== 3 * width * height) {
    throw new TypeError(
      'apply must return { width, height, data: Float32Array of 3 * width * height values }',
    );
  }
  if (!allFinite(data)) throw new RangeError('the result holds NaN or infinite values');
}

/** Times zero, everything finite vanishes; three sums at once cost far less than a test of every value. */
function allFinite(data: Float32Array): boolean {
  const plane = data.length / 3;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < plane; i++) {
    red += data[i] * 0;
    green += data[i + plane] * 0;
    blue += data[i + 2 * plane] * 0;
  }
  return red + green + blue === 0;
}

function clamp(data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value < 0) data[i] = 0;
    else if (value > 1) data[i] = 1;
  }
}
