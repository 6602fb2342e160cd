import { sampleRecordOf } from '../../metadata/records.js';
import type { EncodedSample } from './encode.js';

/** The `.json` of a sample in a tar: where its pixels come from, in words that are the same on every machine. */
export function sampleJson({ sample, record }: EncodedSample): string {
  const { source, ...rest } = sampleRecordOf(sample);
  const { augment, degradations } = record ?? {};
  const { epoch, position } = sample;
  return JSON.stringify({ ...rest, source: sample.source.id, epoch, position, augment, degradations });
}
