import { instantiate } from './kernels.js';
import { planOf } from './plan.js';
import { run } from './run.js';
import { resampleScalar } from './scalar.js';
import { Tables } from './table.js';
import type { Mode, Size, SourcePlane, TargetPlane } from './types.js';

/** Memory for intermediate results: as many bytes as `scratchBytes` says, used by nobody else meanwhile. */
export interface Scratch {
  readonly offset: number;
  readonly bytes: number;
}

export type OneOrMore<T> = T | readonly T[];

export interface Resampler {
  /**
   * Makes copies of an image in other sizes, from one place of the memory to others. Synchronous. Several copies
   * at once cost less than one after the other.
   *
   * @throws RangeError when a plane is empty or reaches outside the memory, or the scratch memory is too small.
   */
  resample(source: SourcePlane, targets: OneOrMore<TargetPlane>, scratch: Scratch, mode: Mode): void;
  /** Bytes of scratch memory that `resample` needs: about a megabyte for a photograph, growing with its width only. */
  scratchBytes: typeof scratchBytes;
}

const ALIGNMENT = 64;

export function scratchBytes(
  source: Omit<SourcePlane, 'offset'>,
  targets: OneOrMore<Size>,
  mode: Mode,
): number {
  return planOf(source, others(source, listOf(targets)), mode).bytes + ALIGNMENT;
}

/**
 * An antialiased Lanczos filter of three lobes on 8-bit RGB or RGBA, in place in shared memory. Each thread makes
 * a resampler of its own for the same memory. Where WebAssembly lacks SIMD or threads, or the memory is not
 * shared, it gives the same bytes more slowly.
 */
export function createResampler(memory: WebAssembly.Memory): Resampler {
  const kernels = instantiate(memory);
  const tables = new Tables();

  const resample: Resampler['resample'] = (source, oneOrMore, scratch, mode) => {
    const targets = listOf(oneOrMore);
    for (const plane of [source, ...targets]) check(memory, plane, source.channels);
    if (!kernels) return inScalar(memory, source, targets, mode);
    const plan = planOf(source, others(source, targets), mode);
    const needed = plan.bytes + ALIGNMENT;
    if (scratch.bytes < needed || scratch.offset < 0 || scratch.offset + needed > memory.buffer.byteLength)
      throw new RangeError(`resampling needs ${needed} bytes of scratch memory`);
    const base = Math.ceil(scratch.offset / ALIGNMENT) * ALIGNMENT;
    run(kernels, memory, tables, plan, source, others(source, targets), base, mode);
    inScalar(
      memory,
      source,
      targets.filter((target) => isSame(source, target)),
      mode,
    );
  };
  return { resample, scratchBytes };
}

const listOf = <T extends Size>(targets: OneOrMore<T>): readonly T[] =>
  'width' in targets ? [targets] : targets;

const isSame = (source: Size, target: Size): boolean =>
  source.width === target.width && source.height === target.height;

const others = <T extends Size>(source: Size, targets: readonly T[]): T[] =>
  targets.filter((target) => !isSame(source, target));

function check(memory: WebAssembly.Memory, plane: TargetPlane, channels: number): void {
  const row = plane.width * channels;
  const end = plane.offset + (plane.height - 1) * (plane.stride ?? row) + row;
  if (plane.width < 1 || plane.height < 1 || plane.offset < 0 || end > memory.buffer.byteLength)
    throw new RangeError(`${plane.width}x${plane.height} at ${plane.offset} does not lie within the memory`);
}

function inScalar(
  memory: WebAssembly.Memory,
  source: SourcePlane,
  targets: readonly TargetPlane[],
  mode: Mode,
): void {
  const bytes = new Uint8Array(memory.buffer);
  const { width, height, channels, stride = width * channels } = source;
  const image = { data: bytes.subarray(source.offset), width, height, channels, stride };
  for (const target of targets) {
    const made = resampleScalar(image, target.width, target.height, mode);
    const { stride: step = made.stride } = target;
    for (let y = 0; y < target.height; y++)
      bytes.set(made.data.subarray(y * made.stride, (y + 1) * made.stride), target.offset + y * step);
  }
}
