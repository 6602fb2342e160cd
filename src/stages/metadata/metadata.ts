import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Observable, type OperatorFunction } from 'rxjs';
import type { Sample } from '../../plan/types.js';
import { Crop, type MissingSample } from '../decode/crop.js';
import { outputName } from '../write/names.js';
import type { MetadataOptions } from './options.js';

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

/** One line of the provenance file. */
export function provenanceLine({ sample }: Pick<Crop, 'sample'>): string {
  return JSON.stringify(sampleRecordOf(sample));
}

/** One line of a meta_info file: the crop's sub-image name and `(height,width,channels)`, as BasicSR writes them. */
export function metaInfoLine({ sample: { source, window } }: Pick<Crop, 'sample'>): string {
  return `${outputName(source, window, 'source')} (${window.height},${window.width},${source.channels})`;
}

/**
 * Writes down every crop of the first epoch as it passes, each once, in the order of the stream. Whole
 * lines go out at least every `FLUSH` lines and when the stream ends, is stopped or fails. With
 * `append`, an earlier run's lines are kept.
 */
export function metadata<T extends Crop | MissingSample>(
  options: MetadataOptions,
  append = false,
): OperatorFunction<T, T> {
  return (crops) =>
    new Observable((subscriber) => {
      const files = [
        options.provenance && new LineFile(options.provenance, provenanceLine, append),
        options.meta_info && new LineFile(options.meta_info, metaInfoLine, append),
      ].filter((file) => file instanceof LineFile);
      const close = (): void => {
        for (const file of files) file.close();
      };
      const subscription = crops.subscribe({
        next: (crop) => {
          if (crop instanceof Crop && crop.sample.epoch === 0) for (const file of files) file.write(crop);
          subscriber.next(crop);
        },
        error: (error) => {
          close();
          subscriber.error(error);
        },
        complete: () => {
          close();
          subscriber.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
        close();
      };
    });
}

const FLUSH = 64;

class LineFile {
  readonly #file: number;
  readonly #line: (crop: Crop) => string;
  #lines: string[] = [];
  #open = true;

  constructor(file: string, line: (crop: Crop) => string, append: boolean) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    this.#file = openSync(file, append ? 'a' : 'w');
    this.#line = line;
  }

  write(crop: Crop): void {
    this.#lines.push(this.#line(crop));
    if (this.#lines.length >= FLUSH) this.#flush();
  }

  close(): void {
    if (!this.#open) return;
    this.#flush();
    closeSync(this.#file);
    this.#open = false;
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }
}
