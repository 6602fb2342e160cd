import type { Block } from '../../flow/index.js';
import { reflectInto } from '../../images/reflect.js';
import { resample } from '../../images/resample/resample.js';
import { copyTo, view } from '../../images/view.js';
import type { Mode } from '../../simd/index.js';
import type { MultiscaleOptions } from '../multiscale/options.js';
import { viewShared } from '../workers/shared-pixels.js';
import { type Plane, placeOf } from './crop.js';
import type { DecodeOptions } from './decode.js';
import type { Layout } from './layout.js';

/** The kernel that makes a copy in place; undefined for libvips, which needs memory of its own. */
export function modeOf(resampler: MultiscaleOptions['resampler']): Mode | undefined {
  if (resampler === 'vips') return undefined;
  return resampler === 'pillow' ? 'pillow' : 'fast';
}

/** Makes one smaller copy of a source beside it, in its (pinned) block. */
export async function makeCopy(
  { arena, workers, resampler }: Pick<DecodeOptions, 'arena' | 'workers' | 'resampler'>,
  block: Block,
  { planes, scratch }: Layout,
  tag: string,
): Promise<void> {
  const full = planes.get('HR') as Plane;
  const plane = planes.get(tag) as Plane;
  const { width, height } = plane.inner;
  const [from, to] = [placeOf(block, full), placeOf(block, plane)];
  const held = viewShared(to, block.memory);
  const mode = modeOf(resampler);
  if (mode) {
    const { channels, offset, stride } = from;
    await workers.run<'resample'>({
      kind: 'resample',
      memory: block.memory === arena.memory ? undefined : block.memory,
      source: { ...full.inner, channels, offset, stride },
      target: { width, height, offset: to.offset, stride: to.stride },
      scratch: { offset: block.offset + scratch.offset, bytes: scratch.bytes },
      mode,
    });
  } else {
    const source = view(viewShared(from, block.memory), 0, 0, full.inner.width, full.inner.height);
    copyTo(await resample(source, width, height, 'vips'), held);
  }
  reflectInto(held, width, height);
}
