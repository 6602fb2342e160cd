import { createRng } from '../random/rng.js';
import { allFinite } from '../simd/float/index.js';
import type { Chain, Target } from './chain.js';
import type { Degradation, DegradationContext, DegradationTarget, FloatImage, Json, Size } from './define.js';
import { failure } from './failure.js';
import { type ImagePool, shareMemory } from './image-pool.js';
import type { Part } from './part.js';
import { primitivesWith } from './primitives.js';

/** A row of provenance: the parameters have been plain JSON since they were drawn. */
export interface Applied {
  readonly name: string;
  readonly params: unknown;
  /** What it is applied to; lq without it. */
  readonly on?: Exclude<Target, 'lq'>;
}

/** What applying an operator needs besides the image. */
export interface OperatorTools {
  /** Sample id, for messages. */
  readonly id: string;
  readonly pool: ImagePool;
  readonly warn: (message: string) => void;
}

export const onGt = ({ on }: Applied): boolean => on !== undefined;

/** Number of steps before the first one that is on lq alone: lq is made from what they leave. */
export function forkOf(drawn: readonly Applied[]): number {
  const first = drawn.findIndex((step) => !onGt(step));
  return first < 0 ? drawn.length : first;
}

export function operatorOf(chain: Chain, name: string, id: string): Degradation {
  const operator = chain.operators.get(name);
  if (operator) return operator;
  throw failure(name, id, undefined, new Error('the chain has no operator of that name'));
}

/** What the result must be, and the part of it that counts. */
export interface Expected {
  readonly size?: Size;
  readonly part?: Part;
}

/**
 * The image that an operator makes of another, which is used up; what it took from the pool besides is given
 * back. Throws EsrganError DEGRADATION_FAILED naming operator, sample and parameters; also when the result is
 * no image, holds NaN, or has another than the expected size.
 */
export async function applyOperator(
  chain: Chain,
  { name, params }: Applied,
  image: FloatImage,
  target: DegradationTarget,
  tools: OperatorTools,
  { size, part }: Expected = {},
): Promise<FloatImage> {
  const operator = operatorOf(chain, name, tools.id);
  const lent: FloatImage[] = [image];
  let result: FloatImage | undefined;
  try {
    const made = await operator.apply(image, params as Json, {
      ...contextFor(operator, target, tools, lent),
      part,
    });
    requireImage(made);
    if (!operator.finite) requireFinite(made);
    if (size) requireSize(made, size);
    else requireAnnounced(made, operator, image, operator.size?.(params as Json, image, target));
    result = made;
    return made;
  } catch (cause) {
    throw failure(name, tools.id, params, cause);
  } finally {
    for (const taken of lent) if (!result || !shareMemory(taken, result)) tools.pool.give(taken);
  }
}

function contextFor(
  operator: Degradation,
  target: DegradationTarget,
  { pool, warn }: OperatorTools,
  lent: FloatImage[],
): DegradationContext {
  const image = (width: number, height: number): FloatImage => {
    const taken = pool.take(width, height);
    lent.push(taken);
    return taken;
  };
  return {
    ...target,
    rng: createRng,
    image,
    simd: primitivesWith(image),
    warn: (message) => warn(`${operator.name}: ${message}`),
  };
}

function requireImage(image: FloatImage): void {
  const { width, height, data } = image ?? {};
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || !(data instanceof Float32Array) || data.length !== 3 * width * height) {
    throw new TypeError(
      `apply must return { width, height, data: Float32Array of 3 * width * height values }, not ${inBrief(image)}`,
    );
  }
}

function requireFinite(image: FloatImage): void {
  if (allFinite(image.data)) return;
  throw new RangeError(`the result holds NaN or infinite values, ${firstOf(image)}`);
}

function firstOf({ width, height, data }: FloatImage): string {
  const at = data.findIndex((value) => !Number.isFinite(value));
  const place = at % (width * height);
  const channel = ['red', 'green', 'blue'][(at - place) / (width * height)];
  return `the first in ${channel} at ${place % width}, ${Math.floor(place / width)}`;
}

function inBrief(made: unknown): string {
  if (typeof made !== 'object' || made === null) return String(made);
  const { width, height, data } = made as Partial<FloatImage>;
  const values = ArrayBuffer.isView(data) ? `${data.constructor.name} of ${data.length}` : typeof data;
  return `{ width: ${width}, height: ${height}, data: ${values} }`;
}

/** Draws and margins go by the size that was announced. */
function requireAnnounced(made: FloatImage, { size }: Degradation, before: Size, after: Size = before): void {
  if (made.width === after.width && made.height === after.height) return;
  const should = size ? `\`size\` says ${after.width}x${after.height}` : 'it has no `size` that would say so';
  throw new RangeError(`${before.width}x${before.height} became ${made.width}x${made.height}, but ${should}`);
}

function requireSize({ width, height }: FloatImage, gt: Size): void {
  if (width === gt.width && height === gt.height) return;
  throw new RangeError(`gt must keep its size of ${gt.width}x${gt.height}, but is now ${width}x${height}`);
}
