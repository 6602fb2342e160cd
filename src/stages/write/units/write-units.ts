import {
  catchError,
  concat,
  concatMap,
  defer,
  from,
  ignoreElements,
  type Observable,
  type OperatorFunction,
  throwError,
} from 'rxjs';
import { type Meter, orderedMap } from '../../../flow/index.js';
import { formatPairLine } from '../../../formats/meta-info/line.js';
import type { Sample } from '../../../plan/types.js';
import { Crop, type MissingSample } from '../../decode/crop.js';
import type { LeasedPair } from '../../degrade/degrade.js';
import { metaInfoLine, provenanceLine } from '../../metadata/metadata.js';
import type { MetadataOptions } from '../../metadata/options.js';
import { type EncodedSample, type EncodeTools, encodeSample } from './encode.js';
import { type Layout, range, type UnitTarget, unitOf } from './layout.js';
import { type MissingRecord, type SampleLines, writeRecord } from './records.js';
import { openUnit, type UnitFiles } from './unit-files.js';

export interface WriteUnits extends EncodeTools {
  readonly target: UnitTarget;
  /** Known when the run has been planned: before the first sample comes. */
  readonly layout: () => Layout;
  /** Lists that will be made of the records. */
  readonly lists: MetadataOptions;
  readonly meter?: Meter;
}

interface OpenUnit {
  readonly unit: number;
  readonly files: UnitFiles;
  readonly lines: SampleLines[];
  readonly missing: MissingRecord[];
  samples: number;
}

type Item = Crop | LeasedPair | MissingSample;

/**
 * Writes samples unit by unit, in the order of the stream, and releases them; emits whether each was written. A unit is
 * finished, and noted down as such, with the last of its planned samples; one that the stream leaves before is given up.
 */
export function writeUnits({
  target,
  layout,
  lists,
  meter,
  ...tools
}: WriteUnits): OperatorFunction<Item, boolean> {
  let open: OpenUnit | undefined;

  const encode = async (item: Item): Promise<{ item: Item; encoded?: EncodedSample }> => {
    try {
      return 'missing' in item ? { item } : { item, encoded: await encodeSample(item, target, tools) };
    } finally {
      if (item instanceof Crop) item.release();
    }
  };
  const save = async ({ item, encoded }: { item: Item; encoded?: EncodedSample }): Promise<boolean> => {
    try {
      const { position } = item.sample;
      const unit = unitOf(layout(), position);
      if (open?.unit !== unit)
        open = { unit, files: await openUnit(target, unit), lines: [], missing: [], samples: 0 };
      if ('missing' in item) open.missing.push({ source: item.sample.source.id, reason: item.missing });
      if (encoded) {
        const names = await open.files.add(encoded);
        open.lines.push(linesOf(item.sample, names, lists));
        open.samples++;
      }
      if (position + 1 === range(layout(), unit).to) await finish(open);
      return encoded !== undefined;
    } finally {
      item.lease.release();
    }
  };
  const finish = async ({ unit, files, samples, lines, missing }: OpenUnit): Promise<void> => {
    open = undefined;
    const written = await files.finish();
    const run = layout().digest;
    await writeRecord(target, {
      ...{ run, unit, samples, files: written, lines },
      ...(missing.length > 0 && { missing }),
    });
  };
  const giveUp = (): Observable<never> => from(Promise.resolve(open?.files.discard())).pipe(ignoreElements());
  return (items) =>
    items.pipe(
      orderedMap(encode, tools.workers.concurrency, meter),
      concatMap(save),
      (saved) => concat(saved, defer(giveUp)),
      catchError((error) =>
        concat(
          defer(giveUp),
          throwError(() => error),
        ),
      ),
    );
}

function linesOf(
  sample: Sample,
  { gt, lq }: { readonly gt: string; readonly lq?: string },
  { provenance, meta_info }: MetadataOptions,
): SampleLines {
  const first = sample.epoch === 0;
  return {
    ...(first && provenance !== undefined && { provenance: provenanceLine({ sample }) }),
    ...(first && meta_info !== undefined && { meta_info: metaInfoLine({ sample }) }),
    ...(lq !== undefined && { pair: formatPairLine(gt, lq) }),
  };
}
