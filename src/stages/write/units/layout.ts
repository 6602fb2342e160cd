import type { Visit } from '../../../plan/types.js';
import type { WriteOptions } from '../options.js';
import type { PairsOptions, WebdatasetOptions } from '../pack-options.js';

/** The sinks that write pictures. */
export type UnitTarget =
  | { readonly kind: 'write'; readonly options: WriteOptions }
  | { readonly kind: 'webdataset'; readonly options: WebdatasetOptions }
  | { readonly kind: 'pairs'; readonly options: PairsOptions };

/**
 * How the samples of a run are divided into units: unit k holds samples k·size to (k+1)·size-1 of the plan, whatever
 * becomes of them. A unit is what is written, finished and found again as one: a tar, or some hundred pictures.
 */
export interface Layout {
  /** Samples of a unit; the last one may have fewer. */
  readonly size: number;
  /** Samples of the run, in all epochs. */
  readonly total: number;
  readonly units: number;
  /** Hash of everything that decides about names and bytes; units of another run have another one. */
  readonly digest: string;
}

/** Pictures of one unit where they are no tar: seldom enough to note down, and little to do again. */
const PICTURES = 256;

/** What a tar needs for a sample besides its pixels: three header blocks, filling, and its record. */
const BESIDE = 8 * 2 ** 10;

/** Samples of a unit, from headers alone. */
export function unitSize(
  target: UnitTarget,
  visits: readonly Visit[],
  patch: { readonly gt_size?: number; readonly scale: number },
): number {
  if (target.kind !== 'webdataset') return PICTURES;
  const { max_bytes, max_samples, content } = target.options;
  const share = content === 'pairs' ? 1 + 1 / patch.scale ** 2 : 1;
  const pixels = patch.gt_size === undefined ? largest(visits) : 3 * patch.gt_size ** 2;
  return Math.max(1, Math.min(max_samples, Math.floor(max_bytes / (pixels * share + BESIDE))));
}

function largest(visits: readonly Visit[]): number {
  let most = 0;
  for (const { source, windows } of visits)
    for (const { width, height } of windows) most = Math.max(most, width * height * source.channels);
  return most;
}

export const unitOf = ({ size }: Layout, position: number): number => Math.floor(position / size);

/** Positions of a unit, the end excluded. */
export function range({ size, total }: Layout, unit: number): { readonly from: number; readonly to: number } {
  return { from: unit * size, to: Math.min(total, (unit + 1) * size) };
}
