import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { bin, esrgan, events, only, shipped, workplace } from './esrgan.js';

t.setTimeout(300_000);

/** So little training that it takes seconds. */
const short = [
  'train.total_iter=4',
  'logger.print_freq=2',
  'batch.size=2',
  'batch.gt_size=32',
  'network_g.num_conv=1',
  'network_g.num_feat=8',
].flatMap((set) => ['--set', set]);

const quickstart = shipped('pipelines', 'quickstart.yml');

interface Line {
  readonly [key: string]: unknown;
  readonly id: string;
}

/** The lines of a provenance file; throws where one is not whole. */
function provenance(file: string): Line[] {
  const text = readFileSync(file, 'utf8');
  if (!text.endsWith('\n')) throw new Error('the last line is not whole');
  return text
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}

t.test('the quickstart, cut short, from a folder elsewhere', async (t) => {
  const cwd = await workplace(t);
  const out = path.join(cwd, 'out', 'quickstart');
  const { code, out: text, err } = await esrgan(['run', quickstart, ...short], cwd);
  t.match({ code, err }, { code: 0, err: '' });

  t.match(text, /^\[quick\.\.\]\[epoch: {2}0, iter: {7}1, lr:\(2\.000e-03,\)\] .*l_pix: \d\.\d{4}e-\d\d$/m);
  t.match(text, /^quickstart: done in /m);
  t.match(text, /^ {2}files +6: 5 used, 1 skipped, 0 failed\n +skipped .*chelsea\.png: too small: 451x300/m);
  t.match(text, /^ {2}loss l_pix +\d\.\d+e-\d\d at iter 1, \d\.\d+e-\d\d at iter 4$/m);
  t.match(text, /^ {2}PSNR +coffee: network \d+\.\d\d dB, bicubic 25\.80 dB\n +(Bicubic|The network) /m);
  t.match(text, /^ {2}checkpoint +out\/quickstart\/models\/net_g_4\.safetensors$/m);

  for (const name of ['net_g_4', 'net_g_latest']) {
    const file = readFileSync(path.join(out, 'models', `${name}.safetensors`));
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString());
    t.match(header, {
      __metadata__: { iter: '4', scale: '4' },
      'params.body.0.weight': { shape: [8, 3, 3, 3] },
    });
  }
  const report = readFileSync(path.join(out, 'report.html'), 'utf8');
  t.match(report, /<svg[\s\S]*chelsea\.png/);
  t.match(report, '--set train.total_iter=4', 'the command that made it');
  t.match(report, 'data:image/png;base64,');
  const picture = readdirSync(path.join(out, 'visualization')).find((name) => name.endsWith('.png'));
  const { width = 0 } = await sharp(path.join(out, 'visualization', `${picture}`)).metadata();
  t.ok(width > 600, 'lq, bicubic, network and gt side by side');

  const lines = provenance(path.join(out, 'provenance.jsonl'));
  const crops = Number(/^ {2}crops +(\d+)$/m.exec(text)?.[1]);
  t.equal(new Set(lines.map(({ id }) => id)).size, lines.length, 'each crop once');
  t.equal(lines.length, Math.min(crops, 155));
  t.match(lines[0], {
    id: String,
    source: /datasets\/sample/,
    scale: /^(HR|T[0-3])$/,
    width: 400,
    seed: String,
  });
  t.equal(readdirSync(cwd).length, 1, 'nothing is left beside the out folder');
});

t.test('--json: one event a line, and files that add up', async (t) => {
  const cwd = await workplace(t);
  const { code, out, err } = await esrgan(['run', quickstart, ...short, '--json'], cwd);
  t.match({ code, err }, { code: 0, err: '' });
  const list = events(out);
  const [{ summary }] = only(list, 'end');
  t.equal(list.at(-1)?.type, 'end');
  const [{ plan }] = only(list, 'plan');
  t.match(plan, { files: 6, images: 5, skipped: 1, crops: 155 });
  t.equal(summary.files.length, plan.files);
  const files = only(list, 'file');
  t.same(files.map((f) => f.path).sort(), summary.files.map((f) => f.path).sort());
  t.equal(
    files.filter((f) => f.outcome === 'used').reduce((sum, f) => sum + f.crops, 0),
    plan.crops,
  );
  t.same(
    only(list, 'iter').map((event) => event.iter),
    [1, 2, 4],
  );
  t.same(
    only(list, 'saved').map((event) => event.what),
    ['checkpoint', 'picture', 'provenance', 'report'],
  );
  for (const { path: file } of only(list, 'saved')) t.ok(existsSync(file), file);
  t.ok(only(list, 'validation')[0].results[0].psnr > 5);
  t.equal(only(list, 'engine').length, 1);
  t.equal(only(list, 'first').length, 1);
});

const flat = (images: string): string => `name: flat
source: { images: ${JSON.stringify(images)} }
stages:
  - crop: { size: 128, step: 64 }
  - metadata: { provenance: lines.jsonl }
  - shuffle: { memory: 64MiB }
sink:
  discard:
`;

t.test('--dry-run says what will happen and writes nothing; --seed decides about the order', async (t) => {
  const cwd = await workplace(t);
  writeFileSync(path.join(cwd, 'p.yml'), flat(shipped('datasets', 'sample', 'astronaut.png')));
  const dry = await esrgan(['run', 'p.yml', '--dry-run'], cwd);
  t.match(dry, { code: 0, err: '', out: /^flat: this is what would happen; nothing has been written$/m });
  t.match(dry.out, /^ {2}crops +49$/m);
  const json = await esrgan(['run', 'p.yml', '--dry-run', '--json'], cwd);
  t.match(JSON.parse(json.out), { type: 'plan', plan: { crops: 49, images: 1, unused: [] } });
  t.same(readdirSync(cwd), ['p.yml']);

  const order = async (seed: string): Promise<string[]> => {
    const { code, out } = await esrgan(['run', 'p.yml', '--seed', seed], cwd);
    t.equal(code, 0, out);
    return provenance(path.join(cwd, 'lines.jsonl')).map((line) => line.id);
  };
  const [one, other, same] = [await order('1'), await order('2'), await order('1')];
  t.equal(one.length, 49);
  t.same(one, same);
  t.strictNotSame(one, other);
  t.same(one.toSorted(), other.toSorted());
});

t.test('a pipeline file finds what lies beside it; outputs go to the working folder', async (t) => {
  const cwd = await workplace(t);
  const project = path.join(cwd, 'my project');
  mkdirSync(path.join(project, 'photos'), { recursive: true });
  mkdirSync(path.join(cwd, 'elsewhere'));
  await sharp(shipped('datasets', 'sample', 'astronaut.png')).toFile(path.join(project, 'photos', 'a.png'));
  writeFileSync(path.join(project, 'p.yml'), flat('photos/*.png'));
  for (const [folder, file] of [
    ['elsewhere', path.join(project, 'p.yml')],
    ['elsewhere', '../my project/p.yml'],
    ['my project', 'p.yml'],
  ]) {
    const here = path.join(cwd, folder);
    t.match(await esrgan(['run', file], here), { code: 0, err: '', out: /crops +49/ });
    t.equal(provenance(path.join(here, 'lines.jsonl')).length, 49);
  }
});

t.test('validate: the shipped files are in order; a broken one is shown', async (t) => {
  const cwd = await workplace(t);
  const files = ['pipelines', 'options'].flatMap((folder) =>
    readdirSync(shipped(folder))
      .filter((name) => name.endsWith('.yml'))
      .map((name) => shipped(folder, name)),
  );
  t.ok(files.length >= 5);
  const good = await esrgan(['validate', ...files], cwd);
  t.match(good, { code: 0, err: '' });
  t.equal(good.out.match(/^ok {2}/gm)?.length, files.length);
  writeFileSync(path.join(cwd, 'bad.yml'), flat('x').replace('size', 'sise'));
  t.match(await esrgan(['validate', quickstart, 'bad.yml'], cwd), {
    code: 2,
    out: /^ok .*quickstart\.yml .*\n$/,
    err: /unknown key "sise" in crop; did you mean "size"\?\n {2}at bad\.yml:4:13\n/,
  });
});

const plugin = `import { defineDegradation, type FloatImage } from 'esrgan-stream';
import { z } from 'zod';

const options = z.strictObject({ strength: z.tuple([z.number(), z.number()]) });

export default defineDegradation({
  name: 'film_grain',
  options,
  sample: (rng, { strength: [from, to] }) => ({ strength: rng.uniform(from, to), seed: rng.seed() }),
  apply(image: FloatImage, { strength, seed }, ctx): FloatImage {
    const rng = ctx.rng(seed);
    for (let i = 0; i < image.data.length; i++) image.data[i] += strength * rng.normal();
    if (strength < 0.2 || strength > 0.3) throw new Error('strength was not drawn from the options');
    ctx.warn(\`grain of \${strength.toFixed(1)}\`);
    return image;
  },
});
`;

const grainy = `name: grainy
source: { images: ${JSON.stringify(shipped('datasets', 'sample', 'astronaut.png'))} }
stages:
  - crop: { size: 256, step: 256 }
  - degrade:
      - resize: { to: lq }
      - use: ./film-grain.ts
        with: { strength: [0.2, 0.3] }
  - batch: { size: 2, gt_size: 64 }
sink:
  discard:
`;

t.test('a degradation of your own, in TypeScript, beside the pipeline file', async (t) => {
  const cwd = await workplace(t);
  const folder = path.join(cwd, 'own');
  mkdirSync(folder);
  const file = path.join(folder, 'p.yml');
  writeFileSync(file, grainy);
  writeFileSync(path.join(folder, 'film-grain.ts'), plugin);
  const run = await esrgan(['run', file], cwd);
  t.match(run, {
    code: 0,
    out: /batches +2\n/,
    err: /^warning: film_grain: grain of 0\.[23] \(.*astronaut\.png\)$/m,
  });

  const wrong = await esrgan(['run', file, '--set', 'degrade.1.with.strength=5'], cwd);
  t.match(wrong, {
    code: 2,
    err: /plug-in \.\/film-grain\.ts \(film_grain\) refuses its options: with\.strength/,
  });
  t.notMatch(wrong.err, /^ {4}at /m);
  const typo = await esrgan(['run', file, '--set', 'degrade.1.use=./film-grian.ts'], cwd);
  t.match(typo, { code: 2, err: /film-grian\.ts[\s\S]*\n {2}at [\s\S]*\nfix: / });
  writeFileSync(path.join(folder, 'film-grain.ts'), plugin.replace('export default', 'const unused ='));
  t.match(await esrgan(['run', file], cwd), { code: 2, err: /no default export[\s\S]*film-grain\.ts/ });
});

t.test('--help is quick to read, and loads nothing heavy', async (t) => {
  const cwd = await workplace(t);
  const help = await esrgan(['run', '--help'], cwd);
  t.match(help, { code: 0, err: '', out: /--dry-run/ });
  t.notMatch(help.out, '[]');
  t.notMatch(readFileSync(bin, 'utf8'), /pipeline|training|sharp/);
});
