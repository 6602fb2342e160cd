import { plainPng } from '../../images/plain-png.js';
import { readPixels } from '../../images/read.js';
import { reflectInto } from '../../images/reflect.js';
import { resample } from '../../images/resample/resample.js';
import { ownBytes } from '../../images/source-bytes.js';
import { copyTo, view } from '../../images/view.js';
import { createResampler, createUnfilter, unfilterRoom } from '../../simd/index.js';
import { viewShared } from '../workers/shared-pixels.js';
import type { OpenTask } from '../workers/tasks.js';
import { modeOf } from './layout.js';

/** What works in a memory is made once for it. */
function once<Tool>(make: (memory: WebAssembly.Memory) => Tool): (memory: WebAssembly.Memory) => Tool {
  const made = new WeakMap<WebAssembly.Memory, { readonly tool: Tool }>();
  return (memory) => {
    const known = made.get(memory) ?? { tool: make(memory) };
    made.set(memory, known);
    return known.tool;
  };
}

const resamplerOf = once(createResampler);
const unfilterOf = once(createUnfilter);

/** Decodes a plain PNG where its pixels shall be; false when it is none, or lies in a padded plane. */
async function unpackPng({ source, full, fetched }: OpenTask, memory: WebAssembly.Memory): Promise<boolean> {
  const unfilter = unfilterOf(memory);
  const packed = full.width === full.inner.width;
  if (!unfilter || !packed || source.format !== 'png' || source.channels !== 3) return false;
  const png = plainPng(await ownBytes(source, fetched?.gt));
  if (png?.width !== source.width || png.height !== source.height) return false;
  const { gap } = unfilterRoom(full.stride, source.height);
  const raw = full.offset + gap;
  new Uint8Array(memory.buffer, raw, png.rows.length).set(png.rows);
  return unfilter(raw, full.offset, full.stride, source.height) < 0;
}

/**
 * Decodes a source into its block and makes its smaller copies beside it; each plane is mirrored out to its padded
 * size. In a worker, where the collector looks at a small heap: V8 takes decoded images for garbage of the thread
 * that asked for them and marks its heap after every few photographs.
 *
 * @throws EsrganError `IMAGE_UNREADABLE` as readPixels
 */
export async function openSource(task: OpenTask, arena: WebAssembly.Memory): Promise<void> {
  const { source, background, full, copies, resampler, fetched } = task;
  const memory = task.memory ?? arena;
  const held = viewShared(full, memory);
  if (!(await unpackPng(task, memory)))
    copyTo(await readPixels(source, { background, bytes: fetched?.gt }), held);
  if (task.lq && source.lq)
    copyTo(await readPixels(source.lq, { background, bytes: fetched?.lq }), viewShared(task.lq, memory));
  const image = view(held, 0, 0, full.inner.width, full.inner.height);
  const mode = modeOf(resampler);
  if (mode && copies.length > 0) {
    const { channels, offset, stride } = full;
    const targets = copies.map((copy) => ({ ...copy.inner, offset: copy.offset, stride: copy.stride }));
    resamplerOf(memory).resample({ ...full.inner, channels, offset, stride }, targets, task.scratch, mode);
  }
  for (const copy of copies) {
    const { width, height } = copy.inner;
    const place = viewShared(copy, memory);
    if (!mode) copyTo(await resample(image, width, height, resampler), place);
    reflectInto(place, width, height);
  }
  reflectInto(held, full.inner.width, full.inner.height);
}
