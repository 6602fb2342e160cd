import { createRng, deriveSeed } from '../random/rng.js';
import type { Chain, Drawn } from './chain.js';
import type { Json, SampleInfo, Size } from './define.js';
import { failure } from './failure.js';

/**
 * All random draws of a chain for one sample; no pixels are needed. Each operator draws from a stream of its
 * own below the sample's seed. `info` holds the size of the image that enters the chain.
 */
export function drawChain(chain: Chain, seed: string, info: SampleInfo): Drawn[] {
  const drawn: Drawn[] = [];
  const gt: Size = { width: info.width, height: info.height };
  let size = gt;
  for (const { operator, options, prob, stream } of chain.steps) {
    const rng = createRng(deriveSeed(seed, stream));
    if (!rng.chance(prob)) continue;
    let params: Json | undefined;
    try {
      params = operator.sample(rng, options, { ...info, ...size });
      requireJson(params, 'params');
      size = operator.size?.(params, size, { scale: info.scale, gt }) ?? size;
    } catch (cause) {
      throw failure(operator.name, info.id, params, cause);
    }
    drawn.push({ name: operator.name, params });
  }
  return drawn;
}

/** Parameters that JSON would change could not be rebuilt from the provenance. */
function requireJson(value: unknown, at: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) requireJson(value[i], `${at}[${i}]`);
    return;
  }
  if (typeof value === 'object' && value !== null && isPlain(value)) {
    for (const [key, inner] of Object.entries(value)) requireJson(inner, `${at}.${key}`);
    return;
  }
  const what = typeof value === 'object' ? 'an object with a class' : String(value);
  throw new TypeError(`sample must return plain JSON, but ${at} is ${what}`);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
