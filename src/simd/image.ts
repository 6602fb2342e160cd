import { createResampler, type Resampler, scratchBytes } from './resampler.js';
import { resampleScalar } from './scalar.js';
import type { Image, Mode } from './types.js';

interface Room {
  readonly memory: WebAssembly.Memory;
  readonly resampler: Resampler;
}

const PAGE = 65536;

/** Room up to this size is kept for the next image of this thread. */
const KEPT = 64 * 2 ** 20;

let kept: Room | undefined;

/** Memory of this thread with a resampler in it; undefined where that cannot be had. */
function roomFor(bytes: number): Room | undefined {
  if (kept && bytes <= kept.memory.buffer.byteLength) return kept;
  const pages = Math.ceil(bytes / PAGE);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const room = { memory, resampler: createResampler(memory) };
    if (bytes <= KEPT) kept = room;
    return room;
  } catch {
    return undefined;
  }
}

/**
 * Resamples an image that lies outside shared memory: it is copied into memory of this thread, and the result
 * out of it. Synchronous. What does not fit into WebAssembly's 4 GiB is resampled in plain JavaScript.
 */
export function resampleImage(image: Image, width: number, height: number, mode: Mode): Image {
  const { channels } = image;
  const row = image.width * channels;
  const source = { offset: 0, width: image.width, height: image.height, channels };
  const target = { offset: row * image.height, width, height };
  const offset = target.offset + width * height * channels;
  const bytes = scratchBytes(source, target, mode);
  const room = roomFor(offset + bytes);
  if (!room) return resampleScalar(image, width, height, mode);

  const memory = new Uint8Array(room.memory.buffer);
  for (let y = 0; y < image.height; y++)
    memory.set(image.data.subarray(y * image.stride, y * image.stride + row), y * row);
  room.resampler.resample(source, target, { offset, bytes }, mode);
  return {
    data: memory.slice(target.offset, offset),
    width,
    height,
    channels,
    stride: width * channels,
  };
}
