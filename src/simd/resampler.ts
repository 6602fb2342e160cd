import { instantiate } from './kernels.js';
import { Plans } from './plan.js';
import { run } from './run.js';
import { resampleScalar } from './scalar.js';
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
  scratchBytes(source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): number;
}

/**
 * An antialiased Lanczos filter of three lobes on 8-bit RGB or RGBA, in place in shared memory. Each thread makes
 * its own resampler of the same memory. Without WebAssembly SIMD it gives the same bytes more slowly.
 */
export function createResampler(memory: WebAssembly.Memory): Resampler {
  const kernels = instantiate(memory);
  const plans = new Plans();
  return {
    scratchBytes: (source, target, mode) => {
      const same = source.width === target.width && source.height === target.height;
      return kernels && !same ? plans.get(source, target, mode).bytes + ALIGNMENT : 0;
    },
    resample(source, target, scratch, mode) {
      check(memory, source, source.channels);
      check(memory, target, source.channels);
      if (scratch.bytes < this.scratchBytes(source, target, mode))
        throw new RangeError(
          `resampling needs ${this.scratchBytes(source, target, mode)} bytes of scratch memory`,
        );
      if (!kernels || (source.width === target.width && source.height === target.height))
        return inScalar(memory, source, target, mode);
      const base = Math.ceil(scratch.offset / ALIGNMENT) * ALIGNMENT;
      run(kernels, memory, plans.get(source, target, mode), source, target, base);
    },
  };
}

const ALIGNMENT = 64;

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
