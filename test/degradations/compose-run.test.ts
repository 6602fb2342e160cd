import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { chainOf } from '../../src/pipeline/chain.js';
import { readBatches, runPipeline } from '../../src/pipeline/index.js';
import type { DegradeOptions } from '../../src/stages/degrade/options.js';
import { root } from '../root.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-compose-'));
const picture = path.join(root, 'datasets', 'sample', 'chelsea.png');

/** A plug-in that uses the kernels at hand and fails for the share of samples it is told; with NaN for every second one of them. */
writeFileSync(
  path.join(temp, 'brittle.ts'),
  `import { defineDegradation, fillNormal, filterSeparable, resample } from 'esrgan-stream';
import { z } from 'zod';

export default defineDegradation({
  name: 'brittle',
  options: z.strictObject({ share: z.number().min(0).max(1), tint: z.number().default(0.25) }),
  sample: (rng, { share, tint }) => ({ fails: rng.chance(share), nan: rng.chance(0.5), tint }),
  apply(image, { fails, nan, tint }, ctx) {
    if (fails && !nan) throw new Error('the film has torn');
    image.data.fill(fails ? Number.NaN : tint);
    filterSeparable(image, new Float32Array([0.25, 0.5, 0.25]), ctx.image);
    fillNormal(ctx.rng('x'), ctx.image(9, 9).data);
    const half = { width: image.width / 2, height: image.height / 2 };
    return resample(resample(image, half, 'bilinear', ctx.image), image, 'bicubic', ctx.image);
  },
  reach: () => 0,
});
`,
);

let files = 0;
function pipelineOf(degrade: string, epochs = 1, workers = 2) {
  const file = path.join(temp, `p${files++}.yml`);
  writeFileSync(
    file,
    `name: compose
workers: ${workers}
epochs: ${epochs}
source: { images: ${JSON.stringify(picture)} }
stages:
  - crop: { size: 100, step: 50 }
  - degrade:
${degrade}
  - batch: { size: 4, gt_size: 64 }
sink: { discard: }
`,
  );
  return loadPipeline(file);
}

/** Records and bytes of some batches, as text. */
async function firstBatches(pipeline: Pipeline, startBatch: number, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { rows, lq, gt } of readBatches(pipeline, { startBatch })) {
    const hash = createHash('sha256').update(lq).update(gt).digest('hex');
    found.push(`${hash} ${JSON.stringify(rows)}`);
    if (found.length === count) break;
  }
  return found;
}

const brittle = (share: number, rest = ''): string => `      steps:
        - one_of: [ { use: ./brittle.ts, with: { share: ${share} } } ]
${rest}`;

t.test('samples that fail are named and left out; the rest is trained on', async (t) => {
  const pipeline = await pipelineOf(brittle(0.2, '      max_failures: 48'));
  const warnings: string[] = [];
  const run = runPipeline(pipeline);
  run.events.subscribe((event) => {
    if (event.type === 'warning') warnings.push(event.message);
  });
  const { crops, batches } = await run.done;
  t.equal(crops, 45);
  t.equal(batches, 11);
  const named =
    /^degradation brittle, sample chelsea\.png@\S+ with \{"fails":true,"nan":(true|false),"tint":0\.25\}: /;
  const failed = warnings.filter((message) => named.test(message));
  t.ok(failed.length > 1 && failed.length < 20, `${failed.length} failures`);
  t.ok(failed.some((message) => message.includes('the film has torn')));
  t.ok(failed.some((message) => message.includes('NaN or infinite')));
  for await (const { rows, lq } of readBatches(pipeline, {})) {
    t.ok(rows.every(({ degradations }) => !JSON.stringify(degradations).includes('"fails":true')));
    t.ok(lq.every((value) => value === 64));
  }
});

t.test('one failure more than max_failures ends the run', async (t) => {
  for (const [share, limit] of [
    [1, 0],
    [0.5, 7],
  ] as const) {
    const warnings: string[] = [];
    const run = runPipeline(await pipelineOf(brittle(share, `      max_failures: ${limit}`)));
    run.events.subscribe((event) => {
      if (event.type === 'warning') warnings.push(event.message);
    });
    const count = limit === 0 ? '1 crop' : `${limit + 1} crops`;
    await t.rejects(run.done, {
      name: 'EsrganError',
      code: 'DEGRADE_FAILING',
      message: new RegExp(`^${count} could not be degraded; the last: degradation brittle, sample chelsea`),
      remedy: /max_failures/,
    });
    t.equal(warnings.length, limit, `${limit} were reported before`);
  }
  const again = runPipeline(await pipelineOf(brittle(1, '      max_failures: 60'), 3));
  await t.rejects(
    again.done,
    { code: 'DEGRADE_FAILING', message: /^45 crops/ },
    'all of them, over and over',
  );
  const seldom = runPipeline(await pipelineOf(brittle(0.2, '      max_failures: 39'), 6));
  t.match(await seldom.done, { batches: 68 }, 'a crop that fails in several epochs counts once');
});

t.test('errors of plug-ins name the line of the pipeline file', async (t) => {
  const cases = [
    [brittle(3), { code: 'PLUGIN_OPTIONS', message: /with\.share/ }, 9, 57],
    [
      '      - jpeg:\n      - use: ./brittle.ts\n        with:\n          tint: 1\n          share: lots',
      { code: 'PLUGIN_OPTIONS', message: /brittle.*with\.share/ },
      12,
      18,
    ],
    [
      '      - use: ./brittle.ts\n        with: { share: 1,\n                shade: 2 }',
      { code: 'PLUGIN_OPTIONS', message: /shade/ },
      10,
      24,
    ],
    [
      '      - repeat:\n          times: 2\n          steps:\n            - shuffle:\n                - use: ./britle.ts',
      { code: 'PLUGIN_MISSING', message: /britle\.ts/ },
      12,
      24,
    ],
    [
      '      - jpeg:\n      - resize: { to: lq }\n        on: gt',
      { code: 'DEGRADATION_ON', message: /resize changes the size/ },
      9,
      17,
    ],
    [
      '      - jpeg:\n      - steps: [ { preset: bicubic } ]\n        on: both',
      { code: 'DEGRADATION_ON', remedy: 'Leave out `on: both`.' },
      9,
      18,
    ],
  ] as const;
  for (const [degrade, error, line, column] of cases) {
    const pipeline = await pipelineOf(degrade);
    const place = { file: pipeline.file, line, column };
    await t.rejects(chainOf(pipeline, pipeline.stages.degrade as DegradeOptions), { ...error, place });
  }
});

t.test(
  'the same bytes with 1 and 3 workers, and from the middle, also where a batch shares draws',
  async (t) => {
    for (const mode of ['sample', 'reference']) {
      const degrade = `      preset: realesrgan\n      mode: ${mode}`;
      const all = await firstBatches(await pipelineOf(degrade, 1, 1), 0, 4);
      t.equal(new Set(all).size, 4);
      t.same(await firstBatches(await pipelineOf(degrade, 1, 3), 0, 4), all, mode);
      t.same(
        await firstBatches(await pipelineOf(degrade, 1, 3), 2, 2),
        all.slice(2),
        `${mode}, from the middle`,
      );
    }
  },
);
