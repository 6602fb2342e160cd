import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lastValueFrom, take, toArray } from 'rxjs';
import t from 'tap';
import * as library from '../../src/index.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { MultiscaleOptions } from '../../src/stages/multiscale/options.js';
import { root } from '../root.js';

const {
  Arena,
  batch,
  Budget,
  crop,
  decode,
  degrade,
  discard,
  discover,
  metadata,
  multiscale,
  shuffle,
  Workers,
} = library;

const sample = path.join(root, 'datasets', 'sample');

/** What a program of its own would write to tell the stages what to obey and where to complain. */
function context() {
  const files: string[] = [];
  const ctx: library.StageContext = {
    signal: new AbortController().signal,
    file: ({ path: file, reason }) => void files.push(`${path.basename(file)}: ${reason}`),
    note: () => {},
    warn: () => {},
  };
  return { ctx, files };
}

t.test('the operators can be put together by hand', async (t) => {
  const { ctx, files } = context();
  const arena = new Arena(64 * 2 ** 20);
  const room = new Budget(4 * 8);
  const workers = new Workers(
    {
      memory: arena.memory,
      threads: 1,
      pairs: {
        degrade: DegradeOptions.parse({ preset: 'bicubic' }),
        baseFolder: root,
        plan: { scale: 4, gt_size: 64, use_hflip: true, use_rot: true },
      },
    },
    2,
  );
  t.teardown(() => workers.close());
  const provenance = path.join(mkdtempSync(path.join(os.tmpdir(), 'esrgan-library-')), 'provenance.jsonl');
  const decoding = {
    arena,
    room,
    roomPerCrop: 1,
    threads: 2,
    background: 'drop',
    resampler: 'lanczos',
    workers,
  } as const;

  const batches = await lastValueFrom(
    discover(SourceOptions.parse({ images: `${sample}/*.{png,jpg}` }), ctx).pipe(
      multiscale(MultiscaleOptions.parse({}), ctx),
      crop({ size: 400, step: 200, threshold: 0, too_small: 'report' }, ctx),
      shuffle({ memory: arena.capacity }, { seed: 1, epochs: 1, start: 0 }),
      decode(decoding, ctx),
      metadata({ provenance }),
      degrade({ workers, arena }, ctx),
      batch(8, ctx),
      discard({ sleep_ms: 0, stall_ms: 0 }, ({ release }) => release()),
      toArray(),
    ),
  );
  const rows = batches.flatMap(({ batch: { rows } }) => rows);
  t.equal(batches.length, Math.ceil(rows.length / 8));
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  t.same(batches[0].batch.lqShape, [8, 16, 16, 3]);
  t.match(files, [/^chelsea\.png: too small: 451x300/]);
  t.equal(readFileSync(provenance, 'utf8').split('\n').length - 1, rows.length);
  t.equal(arena.held, 0, 'every image was given back');
  t.equal(room.held, 0, 'every pair was given back');
});

t.test('whoever leaves early gives everything back', async (t) => {
  const { ctx } = context();
  const arena = new Arena(32 * 2 ** 20);
  const room = new Budget(16);
  const workers = new Workers({ memory: arena.memory, threads: 1 }, 1);
  t.teardown(() => workers.close());
  const decoding = {
    arena,
    room,
    roomPerCrop: 1,
    threads: 1,
    background: 'drop',
    resampler: 'lanczos',
    workers,
  } as const;
  const crops = await lastValueFrom(
    discover(SourceOptions.parse({ images: `${sample}/retina.jpg` }), ctx).pipe(
      library.sourceOnly(),
      crop({ size: 400, step: 200, threshold: 0, too_small: 'report' }, ctx),
      library.inOrder({ seed: 0, epochs: 1, start: 0 }),
      decode(decoding, ctx),
      take(3),
      toArray(),
    ),
  );
  for (const item of crops) {
    if (item instanceof library.Crop) item.release();
    item.lease.release();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(crops.length, 3);
  t.ok(room.held <= 1, 'at most the one that was on its way');
  t.equal(arena.held, 0);
});
