import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadPipeline } from '../../config/load-pipeline.js';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import type { TracedPair } from '../../preview/index.js';
import { visible } from '../display/escape.js';
import { type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';

export interface TraceFlags {
  readonly batch?: number;
  readonly epoch?: number;
  readonly out?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
}

/** Rebuilds pairs of a run: their records go to stdout as JSON, one a line, their pictures into `--out`. */
export async function trace(args: readonly string[], flags: TraceFlags, io: Io): Promise<number> {
  const { batch, epoch, out, set = [], seed } = flags;
  const ids = args.slice(0, -1);
  if ((batch === undefined) === (ids.length === 0))
    throw new EsrganError('TRACE_WHAT', 'name either samples by their ids or a batch by its number', {
      remedy: 'esrgan trace 0001.png@T0:400x400+200+0 pipeline.yml, or esrgan trace --batch 12 pipeline.yml',
    });
  const pipeline = await loadPipeline(args[args.length - 1], { set, seed });
  const library = await import('../../preview/index.js');
  const pairs = await library
    .trace(pipeline, batch === undefined ? { ids, epoch } : { batch })
    .catch((error) => {
      throw located(error, inPipeline(pipeline, set));
    });
  for (const [row, pair] of pairs.entries()) {
    print(io.stdout, [JSON.stringify(pair.record)]);
    print(
      io.stderr,
      pair.warnings.map((text) => `warning: ${visible(pair.record.id)}: ${visible(text)}`),
    );
    if (out === undefined) continue;
    const prefix = batch === undefined ? '' : `b${batch}_${String(row).padStart(2, '0')}_`;
    await writePictures(path.join(out, prefix + fileStem(pair.record.id)), pair);
  }
  if (out !== undefined) print(io.stderr, [`${visible(out)}: gt, lq and the strip of steps of each as PNG`]);
  return 0;
}

/** An id as a file name: slashes and what some systems refuse become underscores. */
const fileStem = (id: string): string => id.replaceAll(/[^\p{L}\p{N}.@+-]/gu, '_');

async function writePictures(stem: string, pair: TracedPair): Promise<void> {
  const [{ contactSheet, tracedRow }, { encode }] = await Promise.all([
    import('../../preview/index.js'),
    import('../../images/encode.js'),
  ]);
  await mkdir(path.dirname(path.resolve(stem)), { recursive: true });
  await writeFileAtomic(`${stem}_gt.png`, await encode(pair.gt, 'png'));
  await writeFileAtomic(`${stem}_lq.png`, await encode(pair.lq, 'png'));
  await writeFileAtomic(`${stem}_strip.png`, await contactSheet([await tracedRow(pair)]));
}
