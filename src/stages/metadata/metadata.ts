import { Observable, type OperatorFunction, Subscription } from 'rxjs';
import { Crop, type MissingSample } from '../decode/crop.js';
import type { LeasedPair } from '../degrade/degrade.js';
import { outputName } from '../write/names.js';
import { drawnColumns, sampleColumns } from './columns.js';
import type { MetadataOptions } from './options.js';
import { drawnRecordOf, sampleRecordOf } from './records.js';
import { LineFile, openRecords, type RowFile } from './row-file.js';

/** One line of the provenance file. */
export function provenanceLine({ sample }: Pick<Crop, 'sample'>): string {
  return JSON.stringify(sampleRecordOf(sample));
}

/** One line of a meta_info file: the crop's sub-image name and `(height,width,channels)`, as BasicSR writes them. */
export function metaInfoLine({ sample: { source, window } }: Pick<Crop, 'sample'>): string {
  return `${outputName(source, window, 'source')} (${window.height},${window.width},${source.channels})`;
}

/**
 * Writes down every crop of the first epoch as it passes, each once, in the order of the stream, as JSON Lines or
 * Parquet (by the extension of `provenance`) and as a meta_info file. The files are whole when the stream ends, is stopped
 * or fails; lines go out on the way too. With `append`, what an earlier run wrote is kept.
 */
export function metadata<T extends Crop | MissingSample>(
  { provenance, meta_info }: MetadataOptions,
  append = false,
): OperatorFunction<T, T> {
  const open = async (): Promise<RowFile<T>[]> => {
    const records = provenance && (await openRecords(provenance, sampleColumns, append));
    const files: RowFile<Crop>[] = [];
    if (records)
      files.push({
        add: ({ sample }) => records.add({ record: sampleRecordOf(sample), position: sample.position }),
        close: () => records.close(),
      });
    if (meta_info) files.push(new LineFile(meta_info, metaInfoLine, append));
    return files.map((file) => ({
      add: (crop) => {
        if (crop instanceof Crop && crop.sample.epoch === 0) file.add(crop);
      },
      close: () => file.close(),
    }));
  };
  return noted(open);
}

/**
 * Writes down every training pair of every epoch with all that was drawn for it, in the same way. Stands behind `degrade`,
 * where that is known.
 */
export function pairMetadata<T extends LeasedPair | MissingSample>(
  file: string,
  append = false,
): OperatorFunction<T, T> {
  return noted(async () => {
    const records = await openRecords(file, drawnColumns, append);
    const add = (item: T): void => {
      if (!('missing' in item)) records.add({ record: drawnRecordOf(item), position: item.sample.position });
    };
    return [{ add, close: () => records.close() }];
  });
}

/** Adds each item to the files before it is handed on, and closes them however the stream ends. */
function noted<T>(open: () => Promise<readonly RowFile<T>[]>): OperatorFunction<T, T> {
  return (items) =>
    new Observable((subscriber) => {
      let files: readonly RowFile<T>[] = [];
      const upstream = new Subscription();
      const close = (): void => {
        for (const file of files) file.close();
      };
      const begin = (opened: readonly RowFile<T>[]): void => {
        files = opened;
        if (subscriber.closed) {
          close();
          return;
        }
        upstream.add(
          items.subscribe({
            next: (item) => {
              for (const file of files) file.add(item);
              subscriber.next(item);
            },
            error: (error) => {
              close();
              subscriber.error(error);
            },
            complete: () => {
              close();
              subscriber.complete();
            },
          }),
        );
      };
      open().then(begin, (error) => subscriber.error(error));
      return () => {
        upstream.unsubscribe();
        close();
      };
    });
}
