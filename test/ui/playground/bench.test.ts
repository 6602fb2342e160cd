import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { loadPipeline } from '../../../src/config/load-pipeline.js';
import { applyChain } from '../../../src/degradations/apply.js';
import { createImagePool } from '../../../src/degradations/image-pool.js';
import { degradations } from '../../../src/degradations/index.js';
import { trace } from '../../../src/preview/index.js';
import { compileChain } from '../../../src/stages/degrade/compile.js';
import { DegradeOptions } from '../../../src/stages/degrade/options.js';
import { type Bench, openBench } from '../../../src/ui/playground/bench.js';
import { controlsOf } from '../../../src/ui/playground/controls.js';
import { createMemo } from '../../../src/ui/playground/memo.js';
import type { Operation } from '../../../src/ui/playground/operations.js';
import type { Look, RenderRequest } from '../../../src/ui/playground/request.js';
import type { Held, RenderAnswer } from '../../../src/ui/playground/wire.js';
import { root } from '../../root.js';
import { type Answer, unframed } from './answers.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-test-'));
t.teardown(() => rmSync(temp, { recursive: true, force: true }));

let files = 0;
function pipelineFile(degrade: string, rest = '  - batch: { size: 2, gt_size: 96 }\n'): string {
  const file = path.join(temp, `p${files++}.yml`);
  const images = path.join(root, 'datasets', 'sample', '{astronaut.png,rocket.jpg}');
  writeFileSync(
    file,
    `name: played # with\nseed: 3\nsource: { images: '${images}' }\nstages:\n  - multiscale: { scales: [0.5], shortest_edge: false }\n  - crop: { size: 200, step: 150 }\n${degrade}${rest}sink: { discard: } # nothing\n`,
  );
  return file;
}

const stage = `  - degrade:
      - blur: { sigma: [0.2, 3] } # soft
        prob: 0.9
      - resize: { range: [0.5, 0.9] }
      - one_of:
          - gaussian_noise: { sigma: [1, 30] }
          - poisson_noise: { scale: [0.05, 3] }
      - blur: { sigma: [0.2, 1] }
      - jpeg: { quality: [30, 95] }
`;

interface Playing {
  readonly bench: Bench;
  readonly file: string;
  text: string;
  held: Held;
  look: Look;
  see(edit?: Operation): Promise<Answer>;
}

async function play(file: string): Promise<Playing> {
  const bench = await openBench(await loadPipeline(file));
  t.teardown(() => bench.close());
  const playing: Playing = {
    bench,
    file,
    text: readFileSync(file, 'utf8'),
    held: {},
    look: { photo: 'p0', window: 4, extent: 'pair', draw: 0 },
    async see(edit) {
      const { text, held, look } = playing;
      const request: RenderRequest = { text, held, look, have: [], edit };
      const answer = unframed(await bench.render(request));
      playing.text = answer.head.text;
      playing.held = answer.head.held;
      return answer;
    },
  };
  return playing;
}

const picture = ({ head, bytes }: Answer, id: string): Buffer => {
  const shot = head.shots?.find((one) => one.id === id);
  const data = shot && bytes.get(shot.hash);
  if (!shot || !data) throw new Error(`there is no picture ${id}: ${head.problem?.message}`);
  return Buffer.from(data);
};

const paramsOf = ({ rows = [] }: RenderAnswer): Record<string, unknown> =>
  Object.fromEntries(rows.map(({ key, params }) => [key, params]));

t.test('what is shown are the very bytes of a run, whatever was changed', async (t) => {
  const playing = await play(pipelineFile(stage));
  await playing.see({ op: 'set', path: [0], key: ['blur', 'sigma'], value: [2, 4] });
  await playing.see({ op: 'move', path: [4], to: 0 });
  await playing.see({ op: 'insert', path: [], at: 5, step: { webp: { quality: [20, 40] } } });
  playing.held = {};
  const changed = pipelineFile('', '');
  writeFileSync(changed, playing.text);
  const pipeline = await loadPipeline(changed);
  for (const draw of [0, 1, 7])
    for (const window of [0, 9]) {
      playing.look = { ...playing.look, photo: 'p1', draw, window };
      const shown = await playing.see();
      const { id, command } = shown.head.sample ?? { id: '', command: '' };
      t.equal(command, `esrgan trace ${id} --epoch ${draw} ${playing.file}`);
      const [pair] = await trace(pipeline, { ids: [id], epoch: draw });
      t.strictSame(shown.head.sample?.record, pair?.record);
      t.ok(picture(shown, 'lq').equals(pair!.lq.data), `lq of ${id}, draw ${draw}`);
      t.ok(picture(shown, 'gt').equals(pair!.gt.data), `gt of ${id}`);
      t.strictSame(
        shown.head.shots?.filter(({ id }) => /^\d+$/.test(id)).map(({ name }) => name),
        pair?.steps.map(({ name }) => name),
      );
    }
  playing.look = { ...playing.look, extent: 'crop' };
  const whole = await playing.see();
  const [pair] = await trace(pipeline, { ids: [JSON.stringify(whole.head.sample?.record)] });
  t.equal(pair?.gt.width, 200);
  t.ok(picture(whole, 'lq').equals(pair!.lq.data), 'the whole crop, by its record');
});

t.test('an edit changes what was edited, and not what other steps have drawn', async (t) => {
  const playing = await play(pipelineFile(stage));
  const before = paramsOf((await playing.see()).head);
  t.equal(Object.keys(before).length, 5);

  const { head: moved } = await playing.see({ op: 'move', path: [0], to: 3 });
  const after = paramsOf(moved);
  t.strictSame(
    [after['3'], after['0'], after['2'], after['4']],
    [before['0'], before['1'], before['3'], before['4']],
  );
  t.match(
    moved.sample?.command,
    /^esrgan trace '\{"id"/,
    'a run would draw otherwise, so the record is named',
  );
  t.ok(Object.keys(moved.held).length > 0);

  const { head: less } = await playing.see({ op: 'remove', path: [0] });
  t.strictSame(paramsOf(less)['2'], before['0'], 'nor does a step that goes');
  const { head: set } = await playing.see({ op: 'set', path: [2], key: ['blur', 'size'], value: 7 });
  t.match(paramsOf(set)['2'], { size: 7 });

  playing.held = {};
  const { head: own } = await playing.see();
  t.notSame(paramsOf(own)['2'], before['0'], 'drawn anew, the step has the draws of its new place');
  t.match(own.sample?.command, /^esrgan trace \S+ --epoch 0 /);
});

t.test('locked steps keep their draws while others are drawn anew', async (t) => {
  const playing = await play(pipelineFile(stage));
  const { head: first } = await playing.see();
  const locked = ['0', '2', '2.one_of.0', '2.one_of.1'];
  const kept = Object.fromEntries(locked.map((key) => [key, first.origins![key]!]));
  const others: unknown[] = [];
  for (const draw of [1, 2, 3, 4]) {
    playing.look = { ...playing.look, draw };
    playing.held = kept;
    const { head } = await playing.see();
    const [now, was] = [paramsOf(head), paramsOf(first)];
    for (const key of locked) t.strictSame(now[key], was[key], `${key} in draw ${draw}`);
    others.push(now['4']);
    t.notSame(now['1'], was['1']);
  }
  t.ok(new Set(others.map((one) => JSON.stringify(one))).size > 1);
  playing.look = { ...playing.look, photo: 'p1', window: 2 };
  t.strictSame(paramsOf((await playing.see()).head)['0'], paramsOf(first)['0'], 'on another photograph too');
});

t.test('a step that is rare is found', async (t) => {
  const rare = await play(
    pipelineFile(
      '  - degrade:\n      - jpeg: { quality: 50 }\n        prob: 0.02\n      - webp: {}\n        prob: 0\n',
    ),
  );
  const { draw } = await rare.bench.find({ text: rare.text, held: {}, look: rare.look, key: '0' });
  t.ok(draw! > 0);
  rare.look = { ...rare.look, draw: draw! };
  t.strictSame(
    (await rare.see()).head.rows?.map(({ key }) => key),
    ['0'],
  );
  t.strictSame(await rare.bench.find({ text: rare.text, held: {}, look: rare.look, key: '1' }), {});
});

t.test('mistakes are told with their line, and the next edit can mend them', async (t) => {
  const playing = await play(pipelineFile(stage));
  const { head } = await playing.see({ op: 'set', path: [0], key: ['blur', 'size'], value: 8 });
  t.match(head.problem, { line: 8, message: /odd/ });
  t.match(head.tree[0], { error: /odd/, values: { size: 8 } });
  t.equal(head.shots, undefined);
  const { head: mended } = await playing.see({ op: 'set', path: [0], key: ['blur', 'size'], value: 9 });
  t.equal(mended.problem, undefined);
  t.equal(mended.tree[0]?.error, undefined);
  await t.rejects(playing.see({ op: 'text', text: '- degrade: [' }), { code: 'STAGE_TEXT' });
  const typed = await playing.see({ op: 'text', text: '- degrade:\n    - jpeg: { quality: 12 }\n' });
  t.match(typed.head.rows, [{ key: '0', params: { quality: 12 } }]);
});

t.test('saving writes the stage and keeps all else', async (t) => {
  const playing = await play(pipelineFile(stage));
  const base = playing.text;
  await playing.see({ op: 'set', path: [4], key: ['jpeg', 'quality'], value: [10, 20] });
  const { text } = await playing.bench.save({ text: playing.text, base });
  t.equal(text, base.replace('[30, 95]', '[10, 20]'));
  t.equal(readFileSync(playing.file, 'utf8'), text, 'comments, spaces and all');

  t.equal((await playing.bench.opening()).text, text, 'a page that is loaded anew begins with it');
  const elsewhere = text.replace('seed: 3', 'seed: 4 # changed by hand meanwhile');
  writeFileSync(playing.file, elsewhere);
  await playing.see({ op: 'remove', path: [0] });
  const { text: both } = await playing.bench.save({ text: playing.text, base: text });
  t.match(both, 'seed: 4 # changed by hand meanwhile');
  t.notMatch(both, '# soft');

  writeFileSync(playing.file, both.replace('[10, 20]', '[11, 20]'));
  await t.rejects(playing.bench.save({ text: playing.text, base: both }), {
    status: 409,
    message: /meanwhile/,
  });

  writeFileSync(playing.file, both);
  await playing.see({ op: 'set', path: [0], key: ['resize', 'range'], value: 'x' });
  await t.rejects(playing.bench.save({ text: playing.text, base: both }), { code: 'CONFIG_INVALID' });
  t.equal(readFileSync(playing.file, 'utf8'), both, 'nothing that cannot be run is written');
});

t.test(
  'plug-ins are played with like other operators, and only those that the file names are loaded',
  async (t) => {
    const plugin = (shade: number): string =>
      `import { z } from 'zod';\nexport default {\n  name: 'tint',\n  options: z.strictObject({ by: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).default([0.1, 0.2]).describe('How much.') }).describe('Tints.'),\n  sample: (rng, { by }) => ({ by: rng.uniform(...by) }),\n  apply(image, { by }) { image.data.fill(${shade} * by, 0, image.data.length / 3); return image; },\n  reach: () => 0,\n};\n`;
    const file = pipelineFile('  - degrade:\n      - use: ./tint.mjs\n        with: { by: [0.4, 0.5] }\n');
    const code = path.join(temp, 'tint.mjs');
    writeFileSync(code, plugin(1));
    const playing = await play(file);
    const { operators } = await playing.bench.opening();
    t.match(operators.at(-1), {
      name: 'tint',
      use: './tint.mjs',
      about: 'Tints.',
      controls: [{ kind: 'range', path: ['by'], min: 0, max: 1, about: 'How much.', fallback: [0.1, 0.2] }],
      starter: { use: './tint.mjs', with: { by: [0.1, 0.2] } },
    });
    const first = await playing.see({ op: 'set', path: [0], key: ['with', 'by'], value: [0.5, 0.5] });
    t.equal(picture(first, '0')[0], 128);

    writeFileSync(code, plugin(0.5));
    utimesSync(code, new Date(), new Date(Date.now() + 5_000));
    t.equal(picture(await playing.see(), '0')[0], 64, 'a plug-in that was changed is loaded anew');

    const foreign = await playing.see({ op: 'insert', path: [], at: 0, step: { use: './p0.yml' } });
    t.match(foreign.head.problem, { message: /did not name the plug-in .\/p0.yml/ });
  },
);

t.test('nothing but the stage of a text that a page sends counts', async (t) => {
  const playing = await play(pipelineFile(stage));
  const own = await playing.see();
  playing.text = playing.text.replace(/images: '[^']*'/, "images: '/etc/*'").replace('seed: 3', 'seed: 4');
  const same = await playing.see();
  t.ok(picture(same, 'lq').equals(picture(own, 'lq')));
  playing.look = { ...playing.look, photo: 'p2' };
  await t.rejects(playing.see(), { code: 'ROUTE' });
  playing.look = { ...playing.look, photo: '../../etc/passwd' };
  await t.rejects(playing.see(), { code: 'ROUTE' });
});

t.test('a photograph that was dropped is used like the others', async (t) => {
  const playing = await play(pipelineFile(stage));
  const { photos } = playing.bench;
  const bytes = await sharp(path.join(root, 'datasets', 'sample', 'chelsea.png'))
    .jpeg()
    .toBuffer();
  const entry = await photos.drop(bytes, 'cat.jpg');
  t.match(entry, { key: 'd1', name: 'cat.jpg', width: 451, height: 300 });
  t.strictSame(
    photos.list(0, 10).photos.map(({ key }) => key),
    ['d1', 'p0', 'p1'],
  );
  playing.look = { photo: 'd1', window: 0, extent: 'crop', draw: 0 };
  const shown = await playing.see();
  t.equal(shown.head.sample?.id, 'cat.jpg@HR:200x200+0+0');
  const gt = await sharp(bytes).extract({ left: 0, top: 0, width: 200, height: 200 }).raw().toBuffer();
  t.ok(picture(shown, 'gt').equals(gt));
  t.ok((await photos.thumb('d1')).length > 500);
  await t.rejects(photos.drop(Buffer.from('no picture'), 'x.png'), { status: 400, message: /^x\.png: / });
  const small = await sharp({ create: { width: 90, height: 90, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await t.rejects(photos.drop(small, 'small.png'), { status: 400, message: /smaller than a crop/ });
});

t.test(
  'remembered results are those of working, and only what follows a change is worked anew',
  async (t) => {
    const options = DegradeOptions.parse([
      { blur: {} },
      { resize: { range: 0.5 } },
      { gaussian_noise: {} },
      { jpeg: {} },
    ]);
    const chain = await compileChain(options, temp);
    const drawn = (quality: number) => [
      { name: 'blur', params: { kernel: 'iso', size: 7, sigma: 2 } },
      { name: 'resize', params: { filter: 'bicubic', factor: 0.5, of: 'input' } },
      { name: 'gaussian_noise', params: { sigma: 9, gray: false, seed: 'a' } },
      { name: 'jpeg', params: { form: 'codec', quality, subsampling: '4:2:0' } },
    ];
    const pool = createImagePool();
    const tools = { id: 'x', scale: 2, pool, warn: () => {} };
    const run = async (with_: typeof chain, quality: number): Promise<Float32Array> => {
      const image = pool.take(64, 48);
      image.data.forEach((_, i) => {
        image.data[i] = (i % 97) / 97;
      });
      const { lq } = await applyChain(with_, image, drawn(quality), tools);
      const data = lq.data.slice();
      pool.give(lq);
      return data;
    };
    const memo = createMemo();
    const counted = async (quality: number): Promise<number> => {
      const before = memo.counts.worked;
      const made = await run(memo.around(chain), quality);
      t.strictSame(made, await run(chain, quality), `quality ${quality}`);
      return memo.counts.worked - before;
    };
    t.strictSame([await counted(50), await counted(50), await counted(60), await counted(50)], [4, 0, 1, 0]);
    const tight = createMemo(1);
    t.strictSame(await run(tight.around(chain), 50), await run(tight.around(chain), 50));
    t.equal(tight.counts.worked, 8, 'what does not fit is made again');
  },
);

t.test('every option of every operator has a control, and a new step is valid', async (t) => {
  const kinds = new Set<string>();
  const playing = await play(pipelineFile('  - degrade: []\n'));
  const { operators } = await playing.bench.opening();
  for (const [name, operator] of degradations) {
    const controls = await controlsOf(operator);
    for (const { kind } of controls) kinds.add(kind);
    const result = await operator.options['~standard'].validate({});
    const keys = Object.keys((result.issues ? undefined : (result.value as object)) ?? {});
    for (const key of keys)
      t.ok(
        controls.some(({ path: [first] }) => first === key),
        `${name}.${key}`,
      );
    for (const control of controls) {
      if (control.kind === 'json') t.fail(`${name}.${control.path.join('.')} is set by hand`);
      if (control.kind !== 'range' && control.kind !== 'number') continue;
      t.ok(control.min < control.max && control.step > 0, `${name}.${control.path.join('.')}`);
      for (const value of [control.min, control.max])
        t.ok(
          value >= (control.least ?? -1e9) && value <= (control.most ?? 1e9),
          `${name}.${control.path.join('.')} ${value}`,
        );
    }
    const { starter } = operators.find((one) => one.name === name)!;
    t.ok(DegradeOptions.safeParse([starter]).success, `${name}: ${JSON.stringify(starter)}`);
  }
  t.strictSame([...kinds].sort(), ['choice', 'flag', 'number', 'range', 'several', 'weights']);
  const blur = await controlsOf(degradations.get('blur')!);
  t.match(
    blur.find(({ path: [key] }) => key === 'size'),
    { kind: 'range', min: 1, step: 2, whole: true },
    'odd sizes',
  );
  t.match(
    blur.find(({ path: [key] }) => key === 'kernels'),
    { kind: 'weights', words: [{ word: 'iso', about: 'Round Gaussian.' }] },
  );
  const resize = await controlsOf(degradations.get('resize')!);
  t.match(
    resize.find(({ path: [key] }) => key === 'range'),
    { kind: 'range', log: true, fallback: undefined },
  );
  const other = {
    name: 'other',
    sample: () => null,
    apply: (image: never) => image,
    options: {
      '~standard': {
        version: 1,
        vendor: 'x',
        validate: () => ({ value: { a: [1, 2], b: 3, c: true, d: 'x' } }),
      },
    },
  } as const;
  t.strictSame(
    (await controlsOf(other)).map(({ kind }) => kind),
    ['range', 'number', 'flag', 'json'],
    'of a schema that says nothing',
  );
});
