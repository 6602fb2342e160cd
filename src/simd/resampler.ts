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

export interface Resampler {
  /**
   * Resamples from one place of the memory to another. Synchronous.
   *
   * @throws RangeError when a plane is empty or reaches outside the memory, or the scratch memory is too small.
   */
  resample(source: SourcePlane, target: TargetPlane, scratch: Scratch, mode: Mode): void;
  /** Bytes of scratch memory that `resample` needs; a few hundred KiB, growing with the width only. */
  scratchBytes: typeof scratchBytes;
}

const ALIGNMENT = 64;

export const scratchBytes = (source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): number =>
  isSame(source, target) ? 0 : planOf(source, target, mode).bytes + ALIGNMENT;

/**
 * An antialiased Lanczos filter of three lobes on 8-bit RGB or RGBA, in place in shared memory. Each thread makes
 * a resampler of its own for the same memory. Where WebAssembly lacks SIMD or threads, or the memory is not
 * shared, it gives the same bytes more slowly.
 */
export function createResampler(memory: WebAssembly.Memory): Resampler {
  const kernels = instantiate(memory);
  const tables = new Tables();

  const resample: Resampler['resample'] = (source, target, scratch, mode) => {
    check(memory, source, source.channels);
    check(memory, target, source.channels);
    if (!kernels || isSame(source, target)) return inScalar(memory, source, target, mode);
    const plan = planOf(source, target, mode);
    const needed = plan.bytes + ALIGNMENT;
    if (scratch.bytes < needed || scratch.offset < 0 || scratch.offset + needed > memory.buffer.byteLength)
      throw new RangeError(`resampling needs ${needed} bytes of scratch memory`);
    const base = Math.ceil(scratch.offset / ALIGNMENT) * ALIGNMENT;
    run(kernels, memory, tables, plan, source, target, base, mode);
  };
  return { resample, scratchBytes };
}

const isSame = (source: Size, target: Size): boolean =>
  source.width === target.width && source.height === target.height;

function check(memory: WebAssembly.Memory, plane: TargetPlane, channels: number): void {
  const row = plane.width * channels;
  const end = plane.offset + (plane.height - 1) * (plane.stride ?? row) + row;
  if (plane.width < 1 || plane.height < 1 || plane.offset < 0 || end > memory.buffer.byteLength)
    throw new RangeError(`${plane.width}x${plane.height} at ${plane.offset} does not lie within the memory`);
}

function inScalar(memory: WebAssembly.Memory, source: SourcePlane, target: TargetPlane, mode: Mode): void {
  const bytes = new Uint8Array(memory.buffer);
  const { width, height, channels, stride = width * channels } = source;
  const data = bytes.subarray(source.offset);
  const result = resampleScalar({ data, width, height, channels, stride }, target.width, target.height, mode);
  for (let y = 0; y < target.height; y++)
    bytes.set(
      result.data.subarray(y * result.stride, (y + 1) * result.stride),
      target.offset + y * (target.stride ?? result.stride),
    );
}
