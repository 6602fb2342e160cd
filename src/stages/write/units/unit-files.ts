import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../../formats/atomic.js';
import { TarFile } from '../../../formats/tar/index.js';
import { outputName } from '../names.js';
import { tarName } from '../pack-options.js';
import type { EncodedSample, Picture } from './encode.js';
import type { UnitTarget } from './layout.js';
import { sampleJson } from './provenance.js';
import { type FileRecord, outputFolder } from './records.js';

/** The files of a unit that is being written. */
export interface UnitFiles {
  /** Returns the names of its gt and lq. */
  add(sample: EncodedSample): Promise<{ readonly gt: string; readonly lq?: string }>;
  finish(): Promise<FileRecord[]>;
  discard(): Promise<void>;
}

/** Samples are called by their place in the run: unique, in order, and without the dots that webdataset splits at. */
const keyOf = (position: number): string => String(position).padStart(10, '0');

export async function openUnit(target: UnitTarget, unit: number): Promise<UnitFiles> {
  return target.kind === 'webdataset' ? openTar(target.options.webdataset, unit) : loose(target);
}

async function openTar(pattern: string, unit: number): Promise<UnitFiles> {
  const { folder, name } = tarName(pattern, unit);
  await mkdir(folder, { recursive: true });
  const tar = new TarFile(path.join(folder, name));
  let samples = 0;
  return {
    async add(sample) {
      const key = keyOf(sample.sample.position);
      const gt = `${key}.gt${sample.gt.extension}`;
      await tar.add(gt, sample.gt.data);
      if (sample.lq) await tar.add(`${key}.lq${sample.lq.extension}`, sample.lq.data);
      await tar.add(`${key}.json`, Buffer.from(sampleJson(sample)));
      samples++;
      return { gt };
    },
    async finish() {
      if (samples > 0) return [{ name, ...(await tar.finish()) }];
      // Readers do not expect an empty tar.
      await tar.discard();
      return [];
    },
    discard: () => tar.discard(),
  };
}

/** Pictures of their own; those of a unit that was not finished are written again over themselves. */
function loose(target: Exclude<UnitTarget, { kind: 'webdataset' }>): UnitFiles {
  const root = outputFolder(target);
  const made = new Set<string>();
  const files: FileRecord[] = [];
  const save = async (folder: string, name: string, { data }: Picture): Promise<void> => {
    const file = path.join(folder, name);
    const parent = path.dirname(file);
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    await writeFileAtomic(file, data, { fsync: false });
    const sha256 = createHash('sha256').update(data).digest('hex');
    const relative = path.relative(root, file).replaceAll(path.sep, '/');
    files.push({ name: relative, bytes: data.length, sha256 });
  };
  return {
    async add({ sample, gt, lq }) {
      if (target.kind === 'write') {
        const name = outputName(sample.source, sample.window, target.options.format);
        await save(root, name, gt);
        return { gt: name };
      }
      const name = keyOf(sample.position) + gt.extension;
      await save(target.options.pairs.gt, name, gt);
      if (lq) await save(target.options.pairs.lq, name, lq);
      return { gt: name, lq: name };
    },
    finish: async () => files,
    discard: async () => {},
  };
}
