import { createHash } from 'node:crypto';
import type { Chain } from '../../degradations/chain.js';
import type { Degradation, DegradationContext, FloatImage, Json } from '../../degradations/define.js';

interface Kept {
  readonly image: FloatImage;
  readonly warnings: readonly string[];
}

/** What operators have made lately, by image, parameters and everything else that the result depends on. */
export interface Memo {
  /** The chain whose operators look here before they work. */
  around(chain: Chain): Chain;
  /** How often an operator was asked, and how often it worked. */
  readonly counts: { readonly asked: number; readonly worked: number };
}

/**
 * Remembers results up to `bytes`, the latest used ones: after a change only the steps from the changed one on are
 * applied again. `apply` is deterministic by contract, so that what is remembered is what it would give.
 */
export function createMemo(bytes = 128 * 2 ** 20): Memo {
  const kept = new Map<string, Kept>();
  const wrapped = new WeakMap<Degradation, Degradation>();
  /** What an image that was handed on is the result of: nobody changes it before the next operator has it. */
  const results = new WeakMap<Float32Array, string>();
  const counts = { asked: 0, worked: 0 };
  let held = 0;

  function keep(key: string, image: FloatImage, warnings: readonly string[]): void {
    kept.set(key, { image: { ...image, data: image.data.slice() }, warnings });
    held += image.data.byteLength;
    for (const [oldest, { image: old }] of kept) {
      if (held <= bytes) break;
      kept.delete(oldest);
      held -= old.data.byteLength;
    }
  }

  async function applied(
    operator: Degradation,
    image: FloatImage,
    params: Json,
    ctx: DegradationContext,
  ): Promise<FloatImage> {
    counts.asked++;
    const from = results.get(image.data) ?? contentOf(image);
    const key = keyOf(operator, from, params, ctx);
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      for (const warning of known.warnings) ctx.warn(warning);
      const { width, height, data } = known.image;
      const same = width === image.width && height === image.height;
      const copy = same ? image : ctx.image(width, height);
      copy.data.set(data);
      results.set(copy.data, key);
      return copy;
    }
    counts.worked++;
    const warnings: string[] = [];
    const warn = (message: string): void => {
      warnings.push(message);
      ctx.warn(message);
    };
    const made = await operator.apply(image, params, { ...ctx, warn });
    keep(key, made, warnings);
    results.set(made.data, key);
    return made;
  }

  function around(operator: Degradation): Degradation {
    const known = wrapped.get(operator) ?? {
      ...operator,
      apply: (image, params, ctx) => applied(operator, image, params, ctx),
    };
    wrapped.set(operator, known);
    return known;
  }

  return {
    counts,
    around: (chain) => ({
      ...chain,
      operators: new Map([...chain.operators].map(([name, operator]) => [name, around(operator)])),
    }),
  };
}

const numbers = new WeakMap<Degradation, number>();
let last = 0;

/** A plug-in that was loaded anew is another operator, though it has the same name. */
function numberOf(operator: Degradation): number {
  const number = numbers.get(operator) ?? ++last;
  numbers.set(operator, number);
  return number;
}

function contentOf({ width, height, data }: FloatImage): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha1').update(`${width}x${height}`).update(bytes).digest('base64');
}

function keyOf(
  operator: Degradation,
  from: string,
  params: Json,
  { scale, gt, part }: DegradationContext,
): string {
  const all = JSON.stringify([numberOf(operator), from, params, scale, gt.width, gt.height, part]);
  return createHash('sha1').update(all).digest('base64');
}
