import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { degradations } from '../../src/degradations/index.js';
import { presetNames, presetPath } from '../../src/degradations/presets.js';
import { sampleSeed } from '../../src/random/rng.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { drawPair } from '../../src/stages/degrade/draw-pair.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import { makePair, renderPair } from '../../src/stages/degrade/pair.js';
import { fixture, root } from '../root.js';
import { randomPixels } from './images.js';

const compile = (written: unknown) => compileChain(DegradeOptions.parse(written), '.');
const sampleOf = (id: string) => ({ id, epoch: 0, seed: sampleSeed(0, 0, id) });

t.test('every preset is a commented file that makes pairs, rebuilt from their records', async (t) => {
  t.same(readdirSync(`${root}/pipelines/presets`).sort(), presetNames.map((name) => `${name}.yml`).sort());
  const plan = { scale: 4, gt_size: 64, use_hflip: true, use_rot: true };
  const crop = randomPixels(90, 84);
  for (const preset of presetNames) {
    t.match(readFileSync(presetPath(preset), 'utf8'), /^# ./, preset);
    const chain = await compile({ preset });
    for (let i = 0; i < 12; i++) {
      const pair = await makePair(crop, sampleOf(`${i}`), plan, chain, { pool: createImagePool() });
      t.equal(pair.lq.length, 3 * 16 * 16);
      const record = JSON.parse(JSON.stringify(pair.record));
      const again = await renderPair(crop, record, 4, chain, { pool: createImagePool() });
      t.ok(
        Buffer.compare(again.lq, pair.lq) === 0 && Buffer.compare(again.gt, pair.gt) === 0,
        `${preset} ${i}`,
      );
    }
  }
});

t.test('every preset copes with pictures smaller than its kernels, down to one pixel of lq', async (t) => {
  const sizes = [
    [4, 4, 4],
    [4, 9, 4],
    [13, 5, 4],
    [1, 1, 1],
    [7, 1, 1],
    [6, 40, 3],
  ] as const;
  for (const preset of presetNames) {
    const chain = await compile({ preset });
    for (const [width, height, scale] of sizes) {
      const plan = { scale, use_hflip: true, use_rot: true };
      for (let i = 0; i < 15; i++) {
        const pair = await makePair(randomPixels(width, height), sampleOf(`${i}`), plan, chain, {
          pool: createImagePool(),
        });
        const { lqSize } = pair;
        const area = Math.floor(width / scale) * Math.floor(height / scale);
        t.equal(lqSize.width * lqSize.height, area, `${preset} ${width}x${height} ${i}`);
      }
    }
  }
});

interface Category {
  readonly name: string;
  readonly expected: Readonly<Record<string, number>>;
}
interface Uniform {
  readonly name: string;
  readonly uniform: readonly [number, number];
}
interface Distribution {
  readonly categories: readonly Category[];
  readonly uniforms: readonly Uniform[];
}

type Params = Readonly<Record<string, unknown>>;
type Words = Map<string, string[]>;
type Numbers = Map<string, number[]>;

const push = <T>(lists: Map<string, T[]>, name: string, value: T): void => {
  const list = lists.get(name);
  if (list) list.push(value);
  else lists.set(name, [value]);
};

function readKernel(
  words: Words,
  numbers: Numbers,
  name: string,
  { kernel, size, sigma, ...rest }: Params,
): void {
  push(words, `${name}.family`, String(kernel));
  push(words, `${name}.size`, String(size));
  const aniso = Array.isArray(sigma);
  if (kernel === 'sinc') {
    const half = Number(size) < 13 ? '< 13' : '>= 13';
    push(numbers, `${name}.sinc cutoff | size ${half}`, Number(rest.omega));
    return;
  }
  push(numbers, `${name}.sigma_x`, Number(aniso ? sigma[0] : sigma));
  if (aniso) {
    push(numbers, `${name}.sigma_y (aniso only)`, Number(sigma[1]));
    push(numbers, `${name}.theta (aniso only)`, (Number(rest.angle) * Math.PI) / 180);
  }
  const beta = Number(rest.beta);
  const above = beta > 1;
  if (String(kernel).startsWith('generalized')) {
    push(words, `${name}.generalized_beta below 1`, above ? 'above' : 'below');
    push(numbers, `${name}.generalized_beta | ${above ? 'above' : 'below'} 1`, beta);
  }
  if (String(kernel).startsWith('plateau')) {
    push(words, `${name}.plateau_beta == 1`, above ? 'above' : 'one');
    if (above) push(numbers, `${name}.plateau_beta | above 1`, beta);
  }
}

function readResize(words: Words, numbers: Numbers, name: string, { filter, factor }: Params): void {
  const scale = Number(factor);
  const direction = scale === 1 ? 'keep' : scale > 1 ? 'up' : 'down';
  push(words, `${name}.direction`, direction);
  push(words, `${name}.mode`, String(filter));
  if (direction !== 'keep') push(numbers, `${name}.scale | ${direction}`, scale);
}

function readNoise(
  words: Words,
  numbers: Numbers,
  name: string,
  kind: string,
  { gray, sigma, scale }: Params,
): void {
  push(words, `${name}.kind`, kind === 'gaussian_noise' ? 'gaussian' : 'poisson');
  push(words, `${name}.gray (per sample)`, gray ? 'True' : 'False');
  if (sigma !== undefined) push(numbers, `${name}.sigma (per sample)`, Number(sigma));
  else push(numbers, `${name}.poisson scale (per sample)`, Number(scale));
}

/** Greatest distance between the distribution of some values and an even one. */
function kolmogorov(values: readonly number[], [low, high]: readonly [number, number]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return sorted.reduce((most, value, i) => {
    const at = (value - low) / (high - low);
    return Math.max(most, Math.abs(at - i / n), Math.abs(at - (i + 1) / n));
  }, 0);
}

t.test('realesrgan: 20,000 draws are distributed as the published numbers say', async (t) => {
  const file = fixture('degradations', 'distribution.json');
  const { categories, uniforms }: Distribution = JSON.parse(readFileSync(file, 'utf8'));
  const chain = await compile({ preset: 'realesrgan' });
  const plan = { scale: 4, gt_size: 256, use_hflip: true, use_rot: false };
  const words: Words = new Map();
  const numbers: Numbers = new Map();
  for (let i = 0; i < 20000; i++) {
    const record = drawPair({ width: 400, height: 400 }, sampleOf(`${i}`), plan, chain);
    const { hflip, vflip, rot90, x, y } = record.augment;
    const flag = (name: string, value: boolean) => push(words, name, value ? 'True' : 'False');
    flag('augment.hflip', hflip);
    flag('augment.vflip', vflip);
    flag('augment.transpose', rot90);
    push(words, 'crop.lq_top (100 to 64)', String(y / 4));
    push(words, 'crop.lq_left (100 to 64)', String(x / 4));

    const steps = record.degradations as readonly { name: string; params: Params; on?: string }[];
    const [usm, first, ...rest] = steps;
    if (usm?.name !== 'usm_sharpen' || usm.on !== undefined || first?.name !== 'blur')
      throw new Error('order');
    readKernel(words, numbers, 'kernel1', first.params);
    const second = rest.find(({ name }) => name === 'blur');
    flag('second_blur', second !== undefined);
    if (second) readKernel(words, numbers, 'kernel2', second.params);
    const resizes = rest.filter(({ name }) => name === 'resize').map(({ params }) => params);
    readResize(words, numbers, 'resize1', resizes.find(({ of }) => of === 'input') as Params);
    readResize(words, numbers, 'resize2', resizes.find(({ of }) => of === 'lq') as Params);
    push(words, 'final.mode', String(resizes.find(({ to }) => to === 'lq')?.filter));
    const noises = rest.filter(({ name }) => name.endsWith('_noise'));
    for (const [j, { name, params }] of noises.entries())
      readNoise(words, numbers, `noise${j + 1}`, name, params);
    const jpegs = rest.filter(({ name }) => name === 'jpeg');
    for (const [j, { params }] of jpegs.entries())
      push(words, `jpeg${j + 1}.quality`, String(params.quality));
    const sinc = rest.find(({ name }) => name === 'sinc');
    push(words, 'final_sinc', sinc ? 'sinc' : 'pulse');
    if (sinc) {
      push(words, 'final_sinc.size', String(sinc.params.size));
      push(numbers, 'final_sinc.cutoff (all sizes)', Number(sinc.params.omega));
    }
    push(words, 'final.order', rest.at(-1)?.name === 'jpeg' ? 'sinc_then_jpeg' : 'jpeg_then_sinc');
  }

  const even = Object.fromEntries(Array.from({ length: 66 }, (_, i) => [`${30 + i}`, 1 / 66]));
  const ours: Category[] = ['jpeg1.quality', 'jpeg2.quality'].map((name) => ({ name, expected: even }));
  let compared = 0;
  for (const { name, expected } of [...categories, ...ours]) {
    // The data set's own crop of 400 pixels is the crop stage here.
    if (name.startsWith('crop.top') || name.startsWith('crop.left')) continue;
    const list = words.get(name) ?? [];
    const counts = new Map<string, number>();
    for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
    t.ok(
      [...counts.keys()].every((word) => word in expected),
      `${name}: no other word`,
    );
    for (const [word, p] of Object.entries(expected)) {
      const share = (counts.get(word) ?? 0) / list.length;
      const error = Math.sqrt((p * (1 - p)) / list.length);
      t.ok(Math.abs(share - p) <= 4 * error + 1e-9, `${name} ${word}: ${share}, published ${p}`);
      compared++;
    }
  }
  for (const { name, uniform } of uniforms) {
    // Whole numbers with libjpeg; counted one by one above.
    if (name.startsWith('jpeg')) continue;
    const list = numbers.get(name) ?? [];
    const [low, high] = uniform;
    t.ok(list.length > 300, name);
    const error = (high - low) / Math.sqrt(12 * list.length);
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    t.ok(Math.abs(mean - (low + high) / 2) <= 4 * error, `${name}: mean ${mean}`);
    t.ok(
      list.every((value) => value >= low && value <= high),
      `${name}: range`,
    );
    t.ok(kolmogorov(list, uniform) <= 2.2 / Math.sqrt(list.length), `${name}: even`);
    compared++;
  }
  t.ok(compared > 300, `${compared} compared`);
});

t.test('mode: reference draws for a batch what the original draws for a batch', async (t) => {
  const options = DegradeOptions.parse({ preset: 'realesrnet', mode: 'reference' });
  t.match(options, { steps: [{ preset: 'realesrnet_reference' }], queue_size: 180, mode: 'reference' });
  t.same(DegradeOptions.parse(options), options);
  t.match(
    DegradeOptions.safeParse({ preset: 'mild', mode: 'reference' }).error?.message,
    /realesrgan and realesrnet/,
  );
  const chain = await compileChain(options, '.');
  t.ok(chain.reference);
  const plan = { scale: 4, gt_size: 256, use_hflip: true, use_rot: true, size: 6, seed: 3 };
  const drawn = (position: number) =>
    drawPair({ width: 400, height: 400 }, { ...sampleOf(`${position}`), position }, plan, chain);

  type Row = ReturnType<typeof drawn>;
  const steps = (row: Row) => row.degradations as readonly { name: string; params: Params }[];
  const has = (row: Row, name: string) => steps(row).some((step) => step.name === name);
  /** What is drawn for the whole batch, as text. */
  const shared = (row: Row) => {
    const { x, y } = row.augment;
    const names = steps(row).filter(({ name }) => name !== 'sinc');
    const resizes = steps(row).filter(({ name }) => name === 'resize');
    return JSON.stringify([x, y, names.map(({ name }) => name), resizes]);
  };
  /** What is drawn for each pair. */
  const own = (row: Row) =>
    JSON.stringify(
      steps(row)
        .filter(({ name }) => name === 'blur' || name === 'jpeg' || name === 'sinc')
        .concat(steps(row).map(({ name, params: { sigma, scale } }) => ({ name, params: { sigma, scale } }))),
    );
  const batches = Array.from({ length: 60 }, (_, batch) =>
    Array.from({ length: plan.size }, (_, row) => drawn(batch * plan.size + row)),
  );
  for (const rows of batches) {
    t.equal(new Set(rows.map(shared)).size, 1);
    t.equal(new Set(rows.map(own)).size, plan.size);
    const gray = rows.flatMap((row) =>
      steps(row)
        .filter(({ name, params }) => name === 'gaussian_noise' && params.gray)
        .map(({ params }) => params.seed),
    );
    t.ok(new Set(gray).size <= 2, 'one gray field a round');
  }
  t.equal(new Set(batches.map(([row]) => shared(row as Row))).size, batches.length, 'batches differ');
  t.ok(new Set(batches.flat().map((row) => has(row, 'sinc'))).size === 2);
  const jpegs = steps(batches[0]?.[0] as Row).filter(({ name }) => name === 'jpeg');
  t.ok(jpegs.length === 2 && jpegs.every(({ params }) => params.form === 'model'));
  t.ok(jpegs.every(({ params }) => !Number.isInteger(params.quality)));
});

t.test(
  'realesrnet sharpens gt; realesrgan makes lq from the sharpened gt and keeps gt as it is',
  async (t) => {
    const plan = { scale: 4, gt_size: 64, use_hflip: true, use_rot: true };
    const crop = randomPixels(96, 96);
    for (const mode of ['sample', 'reference']) {
      const compiled = async (preset: string) => compile({ preset, mode });
      const [net, gan] = [await compiled('realesrnet'), await compiled('realesrgan')];
      const record = drawPair(crop, sampleOf('1'), plan, net);
      const [usm, ...rest] = record.degradations;
      t.same(usm, { ...drawPair(crop, sampleOf('1'), plan, gan).degradations[0], on: 'gt' });
      t.ok(rest.every(({ name }) => degradations.has(name)));
      const onLq = { ...record, degradations: [{ name: 'usm_sharpen', params: usm?.params }, ...rest] };
      const sharpened = await renderPair(crop, record, 4, net, { pool: createImagePool() });
      const plain = await renderPair(crop, onLq, 4, gan, { pool: createImagePool() });
      t.ok(Buffer.compare(sharpened.lq, plain.lq) === 0, 'the same lq');
      t.ok(Buffer.compare(sharpened.gt, plain.gt) !== 0, 'another gt');
      const untouched = { ...record, degradations: [] };
      const { gt } = await renderPair(crop, untouched, 4, gan, { pool: createImagePool() });
      t.ok(Buffer.compare(plain.gt, gt) === 0, 'gt as it was');
    }
  },
);
