import type { Rng } from '../random/rng.js';
import type { Part } from './part.js';
import type { Primitives } from './primitives.js';
import type { OptionsOf, OptionsSchema } from './standard-schema.js';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Planar float32 RGB in [0, 1]: all red values row by row, then green, then blue; length `3 * width * height`. */
export interface FloatImage extends Size {
  readonly data: Float32Array;
}

/** What `sample` may know about the pair it draws for. */
export interface SampleInfo {
  readonly id: string;
  /** Size of the image that reaches this operator, in pixels, when the whole crop is degraded. */
  readonly width: number;
  readonly height: number;
  /** Super-resolution factor: gt is `scale` times lq. */
  readonly scale: number;
  /** A seed that this step of all pairs of a batch shares; absent where there are no batches. */
  readonly batch?: string;
}

/** What an operator aims at; the same for all operators of a chain. */
export interface DegradationTarget {
  /** Super-resolution factor. */
  readonly scale: number;
  /** Size of the image that entered the chain, so that an operator can aim at gt / scale. */
  readonly gt: Size;
}

/** What `apply` has at hand; bound to the operator's name. */
export interface DegradationContext extends DegradationTarget {
  /** A generator for noise fields, from a seed that `sample` drew. */
  rng(seed: string): Rng;
  /** An image of that size, contents undefined. It is taken back after `apply` unless it is the result. */
  image(width: number, height: number): FloatImage;
  /** Fast kernels for images: filters, resizing, normal deviates, arithmetic. */
  readonly simd: Primitives;
  warn(message: string): void;
  /** The only part of the result that counts, where that is known: what else is in it may be anything finite. */
  readonly part?: Part;
}

/** JSON and nothing else: it is recorded as provenance and must survive a round trip. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One degradation. `sample` holds all randomness and returns plain JSON; `apply` is deterministic:
 * the same image and parameters give the same bytes on any thread.
 */
export interface Degradation<Options = unknown, Params extends Json = Json> {
  /** The key under which it stands in a pipeline file, e.g. `film_grain`. */
  readonly name: string;
  /** Validates the options written under the operator's name; any Standard Schema (zod, valibot ...). */
  readonly options: OptionsSchema<Options>;
  sample(rng: Rng, options: Options, info: SampleInfo): Params;
  /** May write into `image` and return it, or return another of any size. Values may leave [0, 1], never finiteness. */
  apply(image: FloatImage, params: Params, ctx: DegradationContext): FloatImage | Promise<FloatImage>;
  /** Promises that finite values stay finite, so that it need not be checked after every call. */
  readonly finite?: true;
  /** Size of the result for an input of that size. Without it the operator keeps the size. */
  size?(params: Params, input: Size, target: DegradationTarget): Size;
  /**
   * How far away, in pixels of its input, a pixel may lie and still influence a result. With it only the
   * window that is kept and this margin are degraded; without it the whole crop is.
   */
  reach?(params: Params, input: Size, target: DegradationTarget): number;
}

/** Identity function that infers the types of an operator from its schema and its `sample`. */
export function defineDegradation<Schema extends OptionsSchema<unknown>, Params extends Json>(
  degradation: Degradation<OptionsOf<Schema>, Params> & { readonly options: Schema },
): Degradation<OptionsOf<Schema>, Params> & { readonly options: Schema } {
  return Object.freeze(degradation);
}
