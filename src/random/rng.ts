import { createHash } from 'node:crypto';
import { type BulkNormals, Sfc32 } from './sfc32.js';

/** A seeded random generator: the same seed gives the same draws on every machine. */
export interface Rng {
  /** Uniform in [low, high), with 53 random bits; [0, 1) without arguments. */
  uniform(low?: number, high?: number): number;
  /** Integer in [low, high], both included. */
  int(low: number, high: number): number;
  /** Standard normal deviate, with 24 random bits (the precision of the float32 images it is added to). */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items, with probability proportional to its weight (equal without weights). */
  choice<T>(items: readonly T[], weights?: readonly number[]): T;
  /** A new seed (16 hex digits) for draws that are to be made later, e.g. a noise field. */
  seed(): string;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * A generator for any seed text: sfc32 (Doty-Humphrey, PractRand) whose three state words are the first
 * twelve bytes, little-endian, of the SHA-256 of the text, with the counter at 1. Normal deviates come from
 * a ziggurat whose tables and tail use + - * / and square roots only, so that every engine gives the same bits.
 */
export function createRng(seed: string): Rng {
  const state = sha256(seed);
  return new Sfc32(state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8));
}

/**
 * Seed of a sample: the first 16 hex digits of the SHA-256 of the text
 * `esrgan-stream sample\n<run seed>\n<epoch>\n<id>`.
 */
export function sampleSeed(runSeed: number, epoch: number, id: string): string {
  return sha256(`esrgan-stream sample\n${runSeed}\n${epoch}\n${id}`).toString('hex', 0, 8);
}

/** An independent seed below another: the first 16 hex digits of the SHA-256 of `<seed>\n<label>`. */
export function deriveSeed(seed: string, label: string): string {
  return sha256(`${seed}\n${label}`).toString('hex', 0, 8);
}

/** Fills an array with standard normal deviates; `bulk` draws the same ones faster. */
export function fillNormal(rng: Rng, out: Float32Array, bulk?: BulkNormals): void {
  if (rng instanceof Sfc32) rng.fillNormal(out, bulk);
  else for (let i = 0; i < out.length; i++) out[i] = rng.normal();
}

/** Lets `work` draw in bulk on the generator's state; see Sfc32. False for other generators, or as `work` says. */
export function lendState(rng: Rng, work: (state: Int32Array) => boolean): boolean {
  return rng instanceof Sfc32 && rng.lendState(work);
}
