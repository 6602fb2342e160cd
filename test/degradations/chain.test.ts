import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { z } from 'zod';
import { applyChain } from '../../src/degradations/apply.js';
import { makeChain } from '../../src/degradations/chain.js';
import { type Degradation, defineDegradation, type FloatImage } from '../../src/degradations/define.js';
import { drawChain } from '../../src/degradations/draw.js';
import { createImagePool, type ImagePool, shareMemory } from '../../src/degradations/image-pool.js';
import { loadDegradation } from '../../src/degradations/plugin.js';
import { presetNames } from '../../src/degradations/presets.js';
import { chainReach } from '../../src/degradations/reach.js';
import { resample } from '../../src/degradations/resample.js';
import { EsrganError } from '../../src/errors.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import fc from '../properties.js';
import { root } from '../root.js';
import { context, maxDifference, randomImage } from './images.js';

const compile = (written: unknown, folder = '.') => compileChain(DegradeOptions.parse(written), folder);
const info = { id: 'a.png@HR:48x40+0+0', width: 48, height: 40, scale: 4 };
const tools = { id: info.id, scale: 4, pool: createImagePool(), warn: () => {} };

const noisy = [
  { blur: { size: [3, 9] } },
  { gaussian_noise: { sigma: [1, 30], gray_prob: 0.4 }, prob: 0.5 },
  { resize: { range: [0.4, 1.3] } },
  { jpeg: { quality: [30, 95] } },
];

/** An operator for tests that does what it is told. */
const operator = (name: string, apply: Degradation['apply']): Degradation =>
  defineDegradation({ name, options: z.unknown(), sample: () => ({ strength: 2 }), apply });
const chainOf = (...operators: Degradation[]) =>
  makeChain(operators.map((o) => ({ operator: o, options: {}, prob: 1 })));

async function run(chain: ReturnType<typeof makeChain>, image: FloatImage, seed = 'seed') {
  const drawn = drawChain(chain, seed, { ...info, width: image.width, height: image.height });
  return (await applyChain(chain, image, drawn, tools)).lq;
}

t.test('options: preset or list, one operator a step', async (t) => {
  t.same(DegradeOptions.parse({ preset: 'bicubic' }), {
    steps: [{ preset: 'bicubic', prob: 1 }],
    mode: 'sample',
    queue_size: 180,
    max_failures: 100,
  });
  const parsed = DegradeOptions.parse([{ blur: { sigma: 2 }, prob: 0.3 }]);
  t.match(parsed, { steps: [{ prob: 0.3, blur: { sigma: [2, 2], size: [7, 21] } }] });
  t.same(DegradeOptions.parse(parsed), parsed, 'what was parsed is valid input again');
  t.same(structuredClone(parsed), parsed, 'and can be sent to a thread');
  const bad = [{ preset: 'nonesuch' }, {}, { preset: 'bicubic', steps: [] }, [{}], [{ blur: {}, jpeg: {} }]];
  const worse = [[{ blurr: {} }], [{ blur: {}, prob: 2 }], [{ blur: {}, with: {} }], 'bicubic'];
  for (const value of [...bad, ...worse])
    t.notOk(DegradeOptions.safeParse(value).success, JSON.stringify(value));
  const backwards = DegradeOptions.safeParse([{ jpeg: { quality: [95, 30] } }]);
  t.match(JSON.stringify(backwards.error), /backwards: write \[30, 95\]/);
  const schema = JSON.stringify(z.toJSONSchema(DegradeOptions, { io: 'input' }));
  for (const word of ['gray_prob', 'quality', 'sigma', 'use', 'prob', 'bicubic'])
    t.match(schema, `"${word}"`);
});

t.test('presets are files, each of which compiles', async (t) => {
  t.same(readdirSync(`${root}/pipelines/presets`).sort(), presetNames.map((name) => `${name}.yml`).sort());
  for (const preset of presetNames) {
    const chain = await compile([{ preset, prob: 0.5 }]);
    t.ok(chain.steps.length > 0 && chain.steps.every(({ prob }) => prob <= 0.5), preset);
    t.ok(Object.isFrozen(chain) && Object.isFrozen(chain.steps) && chain.steps.every(Object.isFrozen));
  }
});

t.test('bicubic is the antialiased resize, clamped', async (t) => {
  const image = randomImage(48, 40);
  const expected = resample(image, { width: 12, height: 10 }, 'bicubic', context(image).image).data;
  const made = await run(await compile({ preset: 'bicubic' }), { ...image, data: image.data.slice() });
  t.match(made, { width: 12, height: 10 });
  t.same(
    made.data,
    expected.map((v) => Math.min(1, Math.max(0, v))),
  );
});

t.test('the last operator is followed by a resize to gt / scale where needed', async (t) => {
  for (const written of [[], [{ resize: { range: 0.7 } }], [{ resize: { to: 'lq' } }, { jpeg: {} }], noisy]) {
    const made = await run(await compile(written), randomImage(48, 40));
    t.match(made, { width: 12, height: 10 }, JSON.stringify(written));
    t.ok(made.data.every((v) => v >= 0 && v <= 1));
  }
});

t.test('draws: own stream for each operator, replayed from JSON, the same twice', async (t) => {
  const chain = await compile(noisy);
  const longer = await compile([
    { jpeg: { quality: 7 } },
    { blur: { sigma: 9 }, prob: 0 },
    ...noisy,
    { blur: {} },
  ]);
  await fc.assert(
    fc.asyncProperty(fc.string(), async (seed) => {
      const drawn = drawChain(chain, seed, info);
      t.same(drawChain(chain, seed, info), drawn);
      const kept = drawChain(longer, seed, info);
      const noise = (list: typeof drawn) =>
        list.filter(({ name }) => name === 'gaussian_noise' || name === 'resize');
      t.same(noise(kept), noise(drawn), 'other operators before them change nothing');
      const image = randomImage(48, 40);
      const first = await applyChain(chain, { ...image, data: image.data.slice() }, drawn, tools);
      const again = await applyChain(chain, image, JSON.parse(JSON.stringify(drawn)), {
        ...tools,
        pool: createImagePool(),
      });
      t.equal(maxDifference(first.lq.data, again.lq.data), 0);
    }),
    { numRuns: 25 },
  );
  const applied = Array.from({ length: 2000 }, (_, i) => drawChain(chain, `${i}`, info).length);
  t.ok(Math.abs(applied.filter((n) => n === 4).length / 2000 - 0.5) < 0.05, 'prob');
  t.equal(new Set(['1', '2'].map((seed) => JSON.stringify(drawChain(chain, seed, info)))).size, 2);
});

t.test('each operator hears the size that reaches it', async (t) => {
  const sizes: number[][] = [];
  const spy = defineDegradation({
    name: 'spy',
    options: z.unknown(),
    sample: (_rng, _options, { width, height }) => [sizes.push([width, height])],
    apply: (image) => image,
  });
  const chain = makeChain([
    ...(await compile([{ resize: { range: 0.5 } }])).steps,
    { operator: spy, options: {}, prob: 1 },
  ]);
  drawChain(chain, 'a', info);
  t.same(sizes, [[24, 20]]);
});

t.test('reach: the margins add up in gt pixels', async (t) => {
  const gt = { width: 400, height: 400 };
  const reach = async (written: unknown) => {
    const chain = await compile(written);
    return chainReach(chain, drawChain(chain, 'a', { ...info, ...gt }), 'a', { scale: 4, gt }).lq;
  };
  t.equal(await reach({ preset: 'bicubic' }), 9);
  t.equal(await reach([]), 9, 'the final resize');
  t.equal(
    await reach([{ blur: { size: 21 } }, { preset: 'bicubic' }, { blur: { size: 5 } }]),
    10 + 9 + 2 * 4,
  );
  const chain = chainOf(operator('vignette', (image) => image));
  t.equal(chainReach(chain, drawChain(chain, 'a', info), 'a', { scale: 4, gt }).lq, Number.POSITIVE_INFINITY);
});

t.test('errors name operator, sample and parameters', async (t) => {
  const fails = (name: string, apply: Degradation['apply'], message: RegExp) =>
    t.rejects(run(chainOf(operator(name, apply)), randomImage(8, 8)), {
      code: 'DEGRADATION_FAILED',
      message,
    });
  const said = /degradation broken, sample a\.png@HR:48x40\+0\+0 with \{"strength":2\}: /;
  await fails('broken', () => Promise.reject(new Error('no lens')), new RegExp(`${said.source}no lens`));
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const spoil = (image: FloatImage) => {
      image.data[100] = bad;
      return image;
    };
    await fails('broken', spoil, new RegExp(`${said.source}.*NaN or infinite`));
  }
  const short = { width: 8, height: 8, data: new Float32Array(64) };
  await fails('broken', () => short, /apply must return/);
  for (const params of [new Date(0), { a: Number.NaN }, { a: [undefined] }, () => 1]) {
    const sloppy = { ...operator('sloppy', (image) => image), sample: () => params as never };
    t.throws(() => drawChain(chainOf(sloppy), 'a', info), { message: /sloppy.*plain JSON/ });
  }
  const one = operator('twin', (image) => image);
  t.throws(() => chainOf(one, { ...one }), { code: 'PLUGIN_NAME' });
  t.doesNotThrow(() => chainOf(one, one));
  const chain = chainOf(one);
  await t.rejects(applyChain(chain, randomImage(8, 8), [{ name: 'gone', params: {} }], tools), /gone/);
});

t.test('images go back to the pool', async (t) => {
  const real = createImagePool();
  const out = new Set<number>();
  const pool: ImagePool = {
    take(width, height) {
      const image = real.take(width, height);
      image.data.fill(0.5);
      out.add(image.data.byteOffset);
      return image;
    },
    give(image) {
      out.delete(image.data.byteOffset);
      real.give(image);
    },
  };
  const chain = await compile(noisy);
  for (let i = 0; i < 10; i++) {
    const { lq: made } = await applyChain(chain, pool.take(48, 40), drawChain(chain, `${i}`, info), {
      ...tools,
      pool,
    });
    t.same([...out], [made.data.byteOffset], 'only the result is out');
    pool.give(made);
  }
  const wasteful = operator('wasteful', (_image, _params, ctx) => {
    ctx.image(9, 9);
    throw new Error('late');
  });
  const drawn = [{ name: 'wasteful', params: {} }];
  await t.rejects(applyChain(chainOf(wasteful), pool.take(48, 40), drawn, { ...tools, pool }), /late/);
  t.equal(out.size, 0, 'also after an error');

  const first = real.take(10, 10);
  real.give(first);
  real.give(first);
  const again = real.take(10, 10);
  t.equal(again.data.byteOffset, first.data.byteOffset, 'used again');
  const other = real.take(10, 9);
  t.notOk(shareMemory(other, again), 'but not twice at once');
  t.ok(shareMemory({ width: 1, height: 1, data: again.data.subarray(5, 8) }, again));
});

const grain = (exports: string) => `
${exports} {
  name: 'film_grain',
  options: { '~standard': { version: 1, vendor: 'own', validate: (value) =>
    typeof value.strength === 'number' ? { value } : { issues: [{ message: 'must be a number', path: ['strength'] }] } } },
  sample: (rng, { strength }) => ({ strength: strength * rng.uniform(1, 2) }),
  apply(image, { strength }, ctx) { ctx.warn('grainy'); image.data.fill(strength); return image; },
};`;

t.test('plug-ins from files', async (t) => {
  const folder = t.testdir({
    'grain.js': grain('export default'),
    'grain.mjs': grain('export default'),
    'grain.ts': `
      import { z } from 'zod';
      interface Params { readonly level: number }
      export default {
        name: 'typed', options: z.strictObject({ level: z.number().default(0.25) }),
        sample: (rng: unknown, options: Params): Params => options,
        apply: (image: { data: Float32Array }, { level }: Params) => { image.data.fill(level); return image; },
      };`,
    'whole.ts': `
      import { defineDegradation } from 'esrgan-stream';
      import { z } from 'zod';
      export default defineDegradation({
        name: 'whole', options: z.strictObject({}), sample: () => null, apply: (image) => image,
      });`,
    'light.ts': `
      import { defineDegradation, gaussianRow, z } from 'esrgan-stream/degradation';
      type Params = { readonly sigma: number };
      export default defineDegradation({
        name: 'light', options: z.strictObject({ sigma: z.number().default(1.5) }),
        sample: (_rng, { sigma }): Params => ({ sigma }),
        apply(image, { sigma }, ctx) {
          const soft = ctx.image(image.width, image.height);
          soft.data.set(image.data);
          ctx.simd.filterSeparable(soft, gaussianRow(9, sigma));
          ctx.simd.combine(image.data, image.data, 2, soft.data, -1);
          ctx.simd.clamp(image.data);
          return image;
        },
      });`,
    'light.js': `
      import { createRng, defineDegradation, fillNormal, z } from 'esrgan-stream/degradation';
      export default defineDegradation({
        name: 'light_js', options: z.strictObject({}), sample: (rng) => ({ seed: rng.seed() }),
        apply(image, { seed }, ctx) {
          fillNormal(createRng(seed), image.data);
          const again = ctx.image(image.width, image.height);
          ctx.simd.fillNormal(ctx.rng(seed), again.data);
          if (again.data.some((v, i) => v !== image.data[i])) throw new Error('not the same');
          return ctx.simd.resample(again, { width: 2, height: 2 }, 'bicubic');
        },
        size: () => ({ width: 2, height: 2 }),
      });`,
    'torn.ts': `
      import { defineDegradation, z } from 'esrgan-stream/degradation';
      export default defineDegradation({
        name: 'torn', options: z.strictObject({ how: z.string() }), sample: (_rng, { how }) => ({ how }),
        apply(image, { how }) {
          if (how === 'throws') throw new Error('the film has torn');
          if (how === 'nan') image.data[8 * 8 + 19] = Number.NaN;
          if (how === 'smaller') return { width: 4, height: 4, data: new Float32Array(48) };
          if (how === 'less') return { width: 8, height: 8, data: new Float32Array(64) };
          return image;
        },
      });`,
    'none.js': 'export const film = 1;',
    'shape.js': 'export default { name: "x", options: {}, sample() {}, apply() {} };',
    'noapply.js': grain('export default').replace('apply(image', 'applied(image'),
    'syntax.ts': 'export default {{',
    node_modules: {
      'grain-pack': {
        'package.json': '{"type":"module","exports":"./i.js"}',
        'i.js': grain('export default'),
      },
    },
  });
  for (const use of ['./grain.js', './grain.mjs', 'grain-pack']) {
    const chain = await compile([{ use, with: { strength: 0.2 } }], folder);
    const warned: string[] = [];
    const drawn = drawChain(chain, 'a', info);
    t.equal(drawn[0].name, 'film_grain');
    const warn = (message: string) => warned.push(message);
    const { lq: made } = await applyChain(chain, randomImage(48, 40), drawn, { ...tools, warn });
    t.ok(made.data[0] >= 0.2 && made.data[0] < 0.4 && made.data.length === 360, use);
    t.same(warned, ['film_grain: grainy']);
  }
  const typed = await run(await compile([{ use: './grain.ts' }], folder), randomImage(8, 8));
  t.ok(maxDifference(typed.data, new Float32Array(12).fill(0.25)) < 1e-6, 'TypeScript, zod, default options');
  const light = await compile([{ use: './light.ts' }, { use: './light.js' }], folder);
  t.match(await run(light, randomImage(8, 8)), { width: 2, height: 2 });
  const { options } = await loadDegradation('./light.ts', folder);
  t.ok(options instanceof z.ZodObject, 'it has the very modules of the program, not copies');
  for (const [how, message] of [
    [
      'throws',
      /^degradation torn, sample .* with \{"how":"throws"\}: the film has torn \(.*torn\.ts:6:\d+\)$/,
    ],
    ['nan', /NaN or infinite values, the first in green at 3, 2$/],
    ['smaller', /8x8 became 4x4, but it has no `size`/],
    ['less', /not \{ width: 8, height: 8, data: Float32Array of 64 \}$/],
  ] as const) {
    const torn = await compile([{ use: './torn.ts', with: { how } }], folder);
    await t.rejects(run(torn, randomImage(8, 8)), { code: 'DEGRADATION_FAILED', message }, how);
  }
  const index = fileURLToPath(new URL('../../src/index.js', import.meta.url));
  if (existsSync(index)) t.match(await loadDegradation('./whole.ts', folder), { name: 'whole' });

  const refused = (use: string, code: string, message: RegExp, options?: unknown) =>
    t.rejects(compile([{ use, with: options }], folder), { code, message, remedy: /./ }, `${use} ${code}`);
  await refused('./missing.js', 'PLUGIN_MISSING', /there is no .*missing\.js/);
  await refused('no-such-package', 'PLUGIN_MISSING', /no package/);
  await refused('./none.js', 'PLUGIN_SHAPE', /no default export/);
  await refused('./shape.js', 'PLUGIN_SHAPE', /Standard Schema/);
  await refused('./noapply.js', 'PLUGIN_SHAPE', /`apply` is not a function/);
  await refused('./syntax.ts', 'PLUGIN_FAILED', /syntax\.ts.* cannot be loaded/);
  const syntax = await loadDegradation('./syntax.ts', folder).catch((e) => e);
  t.match(syntax.place, { file: /syntax\.ts$/, line: 1, column: Number }, 'with its line');
  await refused('./grain.js', 'PLUGIN_OPTIONS', /film_grain.*with\.strength: must be a number/, {
    strength: 'x',
  });
  await refused('./grain.ts', 'PLUGIN_OPTIONS', /with: .*leve/, { leve: 1 });
  const error = await loadDegradation('./none.js', folder).catch((e) => e);
  t.ok(error instanceof EsrganError && error.place?.file.endsWith('none.js'));
});
