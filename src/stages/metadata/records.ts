import type { Sample } from '../../plan/types.js';
import type { PairRecord } from '../../training/batch.js';
import type { LeasedPair } from '../degrade/degrade.js';

/** Where a crop came from, as the provenance file says it. */
export function sampleRecordOf({ id, source, window, seed }: Sample) {
  return {
    id,
    source: source.path,
    source_size: [source.width, source.height],
    scale: window.scale.tag,
    scale_size: [window.scale.width, window.scale.height],
    x: window.x,
    y: window.y,
    width: window.width,
    height: window.height,
    seed,
  };
}

export type SampleRecord = ReturnType<typeof sampleRecordOf>;

/** A training pair: its crop, its place in the run, and everything drawn for it. */
export interface DrawnRecord extends SampleRecord, Pick<PairRecord, 'epoch' | 'augment' | 'degradations'> {
  readonly position: number;
}

export function drawnRecordOf({ sample, record }: Pick<LeasedPair, 'sample' | 'record'>): DrawnRecord {
  const { epoch, augment, degradations } = record;
  const { seed, ...crop } = sampleRecordOf(sample);
  return { ...crop, epoch, position: sample.position, seed, augment, degradations };
}
