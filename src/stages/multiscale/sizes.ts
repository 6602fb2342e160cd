import path from 'node:path';
import type { Scale } from '../../plan/types.js';
import type { MultiscaleOptions } from './options.js';

export type ScaleOptions = Omit<MultiscaleOptions, 'resampler'>;

export interface ScaleSizes {
  readonly scales: readonly Scale[];
  /** Copies that are not made, and why. */
  readonly notes: readonly string[];
}

/**
 * The sizes at which a source of `width` x `height` pixels is used: HR, T0, T1 ... and last the copy with the
 * shortest edge. Float64 in the order of generate_multiscale_DF2K: `trunc(width * scale)`; for the last one the
 * ratio of the edges first, then times the shortest edge, then truncated.
 */
export function scaleSizes(width: number, height: number, options: ScaleOptions): ScaleSizes {
  const wanted: Scale[] = options.hr ? [{ tag: 'HR', width, height }] : [];
  for (const [i, factor] of options.scales.entries())
    wanted.push({ tag: `T${i}`, width: Math.trunc(width * factor), height: Math.trunc(height * factor) });
  const notes: string[] = [];
  if (options.shortest_edge !== false) {
    const edge = options.shortest_edge;
    const tag = `T${options.scales.length}`;
    if (options.upscale || Math.min(width, height) >= edge)
      wanted.push({ tag, ...withShortestEdge(width, height, edge) });
    else notes.push(`${tag} left out: ${width}x${height} would have to be enlarged to an edge of ${edge}`);
  }
  const scales = wanted.filter((scale) => scale.width > 0 && scale.height > 0);
  for (const { tag, ...size } of wanted)
    if (size.width === 0 || size.height === 0)
      notes.push(`${tag} left out: it would be ${size.width}x${size.height} pixels`);
  return { scales, notes };
}

function withShortestEdge(width: number, height: number, edge: number): { width: number; height: number } {
  return width < height
    ? { width: edge, height: Math.trunc(edge * (height / width)) }
    : { width: Math.trunc(edge * (width / height)), height: edge };
}

/** File name of one scale of a source: HR keeps its name, copies become `<stem>T0.png` in the same folder. */
export function scaleName(id: string, tag: string): string {
  if (tag === 'HR') return id;
  const { dir, name } = path.posix.parse(id);
  return path.posix.join(dir, `${name}${tag}.png`);
}
