import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadPipeline } from '../../config/load-pipeline.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import type { PreviewData } from '../../preview/index.js';
import { visible } from '../display/escape.js';
import { plural } from '../display/format.js';
import { quote } from '../execute.js';
import { type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';

export interface PreviewFlags {
  readonly samples: number;
  readonly out: string;
  readonly png?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly ui?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** Writes a page that shows what a pipeline trains on. */
export async function preview(file: string, flags: PreviewFlags, io: Io): Promise<number> {
  const { samples, out, png, set = [], seed } = flags;
  const pipeline = await loadPipeline(file, { set, seed });
  const library = await import('../../preview/index.js');
  const data = await library
    .preview(pipeline, { samples, command: commandOf(file, flags) })
    .catch((error) => {
      throw located(error, inPipeline(pipeline, set));
    });
  await write(out, library.renderPreview(data));
  if (png !== undefined) await write(png, await library.contactSheet(library.previewRows(data)));
  const { draws } = data;
  print(io.stdout, [
    `${visible(out)}: ${plural(data.samples.length, 'sample')}, and what ${plural(draws.samples, 'sample')} draw`,
    ...(png === undefined ? [] : [`${visible(png)}: the same as a contact sheet`]),
  ]);
  print(io.stderr, remarks(data));
  return 0;
}

function commandOf(file: string, { samples, out, set = [], seed }: PreviewFlags): string {
  const words = ['esrgan preview', quote(file), `-n ${samples}`, `--out ${quote(out)}`];
  if (seed !== undefined) words.push(`--seed ${seed}`);
  return [...words, ...set.map((one) => `--set ${quote(one)}`)].join(' ');
}

async function write(file: string, data: Uint8Array | string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFileAtomic(file, data);
}

function remarks({ samples, failed }: PreviewData): string[] {
  const warnings = samples.flatMap(({ id, warnings }) => warnings.map((text) => `warning: ${id}: ${text}`));
  return [...failed.map(({ reason }) => `failed: ${reason}`), ...warnings].map((line) => visible(line));
}
