import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { EsrganError } from '../../../errors.js';
import { writeFileAtomic } from '../../../formats/atomic.js';
import { sampleColumns } from '../../metadata/columns.js';
import type { MetadataOptions } from '../../metadata/options.js';
import type { SampleRecord } from '../../metadata/records.js';
import { isParquet, writeParquet } from '../../metadata/row-file.js';
import { hashFile } from './hash-file.js';
import type { Layout, UnitTarget } from './layout.js';
import { finishedUnit, outputFolder, type SampleLines, type UnitRecord } from './records.js';

export interface Finished {
  readonly samples: number;
  /** Files of lists that were written: the index of the tars, provenance, meta_info. */
  readonly lists: readonly { readonly what: 'index' | 'provenance' | 'meta_info'; readonly path: string }[];
}

/** When all units are there: writes what is made of all of them, in the order of the plan. */
export async function finishUnits(
  target: UnitTarget,
  layout: Layout,
  { provenance, meta_info }: MetadataOptions,
): Promise<Finished> {
  const lists: Finished['lists'][number][] = [];
  const add = async (
    what: Finished['lists'][number]['what'],
    file: string | undefined,
    pieces: () => Iterable<Uint8Array>,
  ): Promise<void> => {
    if (file === undefined) return;
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    await writeFileAtomic(file, pieces());
    lists.push({ what, path: path.resolve(file) });
  };
  const lines = (key: keyof SampleLines) => () => linesOf(target, layout, key);
  if (provenance !== undefined && isParquet(provenance)) {
    await writeParquet(provenance, sampleColumns, sampleRecords(target, layout));
    lists.push({ what: 'provenance', path: path.resolve(provenance) });
  } else await add('provenance', provenance, lines('provenance'));
  await add('meta_info', meta_info, lines('meta_info'));
  if (target.kind === 'pairs') await add('meta_info', target.options.pairs.meta_info, lines('pair'));
  if (target.kind === 'webdataset')
    await add('index', path.join(outputFolder(target), 'index.json'), () => index(target, layout));
  let samples = 0;
  for (const record of records(target, layout)) samples += record.samples;
  return { samples, lists };
}

/**
 * The files of a unit that are not what its record says, by their contents.
 *
 * @throws EsrganError `UNIT_MISSING` when the unit is not finished
 */
export async function damagedFiles(target: UnitTarget, layout: Layout, unit: number): Promise<string[]> {
  const damaged: string[] = [];
  for (const { name, sha256 } of recordOf(target, layout, unit).files) {
    const file = path.join(outputFolder(target), name);
    if ((await hashFile(file)) !== sha256) damaged.push(file);
  }
  return damaged;
}

function* records(target: UnitTarget, layout: Layout): Generator<UnitRecord> {
  for (let unit = 0; unit < layout.units; unit++) yield recordOf(target, layout, unit);
}

function recordOf(target: UnitTarget, layout: Layout, unit: number): UnitRecord {
  const record = finishedUnit(target, layout, unit);
  if (record) return record;
  throw new EsrganError(
    'UNIT_MISSING',
    `part ${unit} of ${layout.units} in ${outputFolder(target)} is not there or not whole`,
    {
      remedy: 'Run the same command again: what is there is kept.',
    },
  );
}

function* linesOf(target: UnitTarget, layout: Layout, key: keyof SampleLines): Generator<Uint8Array> {
  for (const record of records(target, layout)) {
    const lines = record.lines.flatMap((line) => line[key] ?? []);
    yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
  }
}

function* sampleRecords(target: UnitTarget, layout: Layout): Generator<SampleRecord> {
  for (const { lines } of records(target, layout))
    for (const { provenance } of lines) if (provenance !== undefined) yield JSON.parse(provenance);
}

/** The form that webdataset's own index of tars has (wids). */
function* index(target: UnitTarget, layout: Layout): Generator<Uint8Array> {
  let before = '{"wids_version": 1, "shardlist": [\n';
  for (const { files, samples } of records(target, layout))
    for (const { name, bytes, sha256 } of files) {
      const entry = { url: name, nsamples: samples, filesize: bytes, sha256 };
      yield Buffer.from(before + JSON.stringify(entry));
      before = ',\n';
    }
  yield Buffer.from(`${before === ',\n' ? '' : before}\n]}\n`);
}
