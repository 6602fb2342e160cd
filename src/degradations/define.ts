import type { z } from 'zod';
import type { Rng } from './rng.js';

/** Planar float32 RGB in [0, 1]: all red values row by row, then green, then blue; length `3 * width * height`. */
export interface FloatImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** What `sample` may know about the pair it draws for. */
export interface SampleInfo {
  readonly id: string;
  /** Size of the image that reaches this operator, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Super-resolution factor: gt is `scale` times lq. */
  readonly scale: number;
}

/** What `apply` has at hand; bound to the operator's name. */
export interface DegradationContext {
  /** Super-resolution factor. */
  readonly scale: number;
  /** Size of gt, so that an operator can aim at gt / scale. */
  readonly gt: { readonly width: number; readonly height: number };
  /** A generator for noise fields, from a seed that `sample` drew. */
  rng(seed: string): Rng;
  /** A new image of that size; contents undefined. */
  image(width: number, height: number): FloatImage;
  warn(message: string): void;
}

/** JSON and nothing else: it is recorded as provenance and must survive a round trip. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One degradation. `sample` holds all randomness and returns plain JSON; `apply` is deterministic:
 * the same image and parameters give the same bytes on any thread.
 */
export interface Degradation<Options = unknown, Params extends Json = Json> {
  readonly name: string;
  /** Validates and describes the options written under the operator's name in a pipeline file. */
  readonly options: z.ZodType<Options>;
  sample(rng: Rng, options: Options, info: SampleInfo): Params;
  apply(image: FloatImage, params: Params, ctx: DegradationContext): FloatImage | Promise<FloatImage>;
}

/** Identity function that infers the types of an operator from its schema and its `sample`. */
export function defineDegradation<Options, Params extends Json>(
  degradation: Degradation<Options, Params>,
): Degradation<Options, Params> {
  return Object.freeze(degradation);
}
