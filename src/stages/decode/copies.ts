import type { Block } from '../../flow/index.js';
import { reflectInto } from '../../images/reflect.js';
import { resample } from '../../images/resample/resample.js';
import { copyTo, view } from '../../images/view.js';
import type { Mode } from '../../simd/index.js';
import type { MultiscaleOptions } from '../multiscale/options.js';
import { viewShared } from '../workers/shared-pixels.js';
import { placeOf } from './crop.js';
import type { DecodeOptions } from './decode.js';
import type { Layout } from './layout.js';

/** The kernel that makes copies in place; undefined for libvips, which needs memory of its own. */
export function modeOf(resampler: MultiscaleOptions['resampler']): Mode | undefined {
  if (resampler === 'vips') return undefined;
  return resampler === 'pillow' ? 'pillow' : 'fast';
}

/** Makes the smaller copies of a source beside it, in its (pinned) block. */
export async function makeCopies(
  { arena, workers, resampler }: Pick<DecodeOptions, 'arena' | 'workers' | 'resampler'>,
  block: Block,
  { full, copies, scratch }: Layout,
): Promise<void> {
  const planes = [...copies.values()];
  if (planes.length === 0) return;
  const { offset, stride, channels } = placeOf(block, full);
  const mode = modeOf(resampler);
  if (mode) {
    await workers.run<'resample'>({
      kind: 'resample',
      memory: block.memory === arena.memory ? undefined : block.memory,
      source: { ...full.inner, channels, offset, stride },
      targets: planes.map((plane) => {
        const place = placeOf(block, plane);
        return { ...plane.inner, offset: place.offset, stride: place.stride };
      }),
      scratch: { offset: block.offset + scratch.offset, bytes: scratch.bytes },
      mode,
    });
  }
  for (const plane of planes) {
    const held = viewShared(placeOf(block, plane), block.memory);
    const { width, height } = plane.inner;
    if (!mode) {
      const source = view(
        viewShared(placeOf(block, full), block.memory),
        0,
        0,
        full.inner.width,
        full.inner.height,
      );
      copyTo(await resample(source, width, height, 'vips'), held);
    }
    reflectInto(held, width, height);
  }
}
