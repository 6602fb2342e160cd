import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../../../formats/atomic.js';
import type { WrittenFile } from '../../../formats/tar/index.js';
import { tarName } from '../pack-options.js';
import type { Layout, UnitTarget } from './layout.js';

/** What a finished unit leaves behind, next to its files: it is written when they are all there. */
export interface UnitRecord {
  /** `Layout.digest` of the run it belongs to. */
  readonly run: string;
  readonly unit: number;
  /** Samples that were written; those that could not be had are missing. */
  readonly samples: number;
  readonly files: readonly FileRecord[];
  /** Lines for the lists that are made of all units in the end. */
  readonly lines: readonly SampleLines[];
  /** Samples that could not be had. */
  readonly missing?: readonly MissingRecord[];
}

export interface MissingRecord {
  /** Id of its photograph. */
  readonly source: string;
  readonly reason: string;
}

export interface FileRecord extends WrittenFile {
  /** Relative to the folder of the records. */
  readonly name: string;
}

export interface SampleLines {
  readonly provenance?: string;
  readonly meta_info?: string;
  /** `gt, lq` for the meta_info of paired folders. */
  readonly pair?: string;
}

/** The folder that names in records are relative to. */
export function outputFolder({ kind, options }: UnitTarget): string {
  if (kind === 'write') return options.folder;
  return kind === 'pairs' ? options.pairs.gt : tarName(options.webdataset, 0).folder;
}

/** Hidden, so that no script lists it and no pattern finds it. */
const recordFile = (target: UnitTarget, unit: number): string =>
  path.join(outputFolder(target), '.esrgan-stream', `${String(unit).padStart(6, '0')}.json`);

/** Notes down that a unit is finished, when its files are. */
export async function writeRecord(target: UnitTarget, record: UnitRecord): Promise<void> {
  const file = recordFile(target, record.unit);
  mkdirSync(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(record)}\n`);
}

/** When a unit was noted down as finished, in milliseconds since 1970. */
export const finishedAt = (target: UnitTarget, unit: number): number =>
  statSync(recordFile(target, unit)).mtimeMs;

/** The record of a finished unit of this run whose files are there at their full sizes. */
export function finishedUnit(target: UnitTarget, { digest }: Layout, unit: number): UnitRecord | undefined {
  const file = recordFile(target, unit);
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8')) as UnitRecord;
  const folder = outputFolder(target);
  const whole = ({ name, bytes }: FileRecord): boolean =>
    statSync(path.join(folder, name), { throwIfNoEntry: false })?.size === bytes;
  return record.run === digest && record.files.every(whole) ? record : undefined;
}
