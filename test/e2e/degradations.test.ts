import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { bare, type Ended, shell, shipped, start, workplace } from './esrgan.js';

t.setTimeout(300_000);

/** Without measuring coverage these many short runs take a third of the time. */
const esrgan = (args: readonly string[], cwd: string): Promise<Ended> => bare(t, args, cwd).ended;

const sample = shipped('datasets', 'sample');
const df2k = [shipped('pipelines', 'df2k-x4.yml'), '--set', `source.images=${sample}`];

t.test('a new degradation passes its test, and its pipeline runs and can be looked at', async (t) => {
  const cwd = await workplace(t);
  const made = await esrgan(['new', 'degradation', 'old-film'], cwd);
  t.equal(made.code, 0, made.err);
  t.strictSame(readdirSync(cwd).sort(), ['old-film.test.mjs', 'old-film.ts', 'old-film.yml']);
  const [, test] = /test it: {2}(.*)/.exec(made.out) ?? [];
  const tested = await start(
    ['env', '-u', 'NODE_OPTIONS', '-u', 'NODE_TEST_CONTEXT', ...test.split(' ')],
    cwd,
  ).ended;
  t.equal(tested.code, 0, tested.out + tested.err);
  t.match(tested.out, /# pass 4\n# fail 0/);
  const file = path.join(cwd, 'old-film.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('strength: rng.uniform(low, high)', 'strength: Number.NaN'));
  const broken = await start(
    ['env', '-u', 'NODE_OPTIONS', '-u', 'NODE_TEST_CONTEXT', ...test.split(' ')],
    cwd,
  ).ended;
  t.not(broken.code, 0, 'the test can fail');
  writeFileSync(file, text);

  t.equal((await esrgan(['validate', 'old-film.yml'], cwd)).code, 0);
  const seen = await esrgan(['preview', 'old-film.yml', '-n', '2', '--out', 'a b/p.html'], cwd);
  t.equal(seen.code, 0, seen.err);
  t.match(readFileSync(path.join(cwd, 'a b', 'p.html'), 'utf8'), /<b>old film<\/b> strength 0\.0/);
  const ran = await esrgan(['run', 'old-film.yml', '--json'], cwd);
  t.equal(ran.code, 0, ran.err);
  t.notMatch(ran.out, /"type":"warning"/);

  const again = await esrgan(['new', 'degradation', 'old-film'], cwd);
  t.match(again, { code: 2, err: /old-film\.ts is there already/ });
  t.equal(readFileSync(file, 'utf8'), text, 'nothing was overwritten');
  const wrong = [
    ['new', 'degradation', '../up'],
    ['new', 'degradation', 'Old Film'],
    ['new', 'degradation', 'blur'],
  ];
  for (const args of wrong) t.match(await esrgan(args, cwd), { code: 2, err: /fix: / }, args[2]);
  t.equal(readdirSync(cwd).length, 4);
});

t.test('preview writes a page and a contact sheet of the same samples', async (t) => {
  const cwd = await workplace(t);
  const args = ['preview', ...df2k, '-n', '2', '--seed', '5', '--png', 'sheet.png'];
  const ended = await esrgan(args, cwd);
  t.equal(ended.code, 0, ended.err);
  t.match(ended.out, /preview\.html: 2 samples, and what 1,000 samples draw/);
  const page = readFileSync(path.join(cwd, 'preview.html'));
  t.match(page.toString(), /Preview, seed 5/);
  t.ok((await sharp(path.join(cwd, 'sheet.png')).metadata()).width);
  await esrgan(args, cwd);
  t.ok(page.equals(readFileSync(path.join(cwd, 'preview.html'))), 'the same page again');
  t.strictSame(readdirSync(cwd).sort(), ['preview.html', 'sheet.png']);
  t.match(
    await esrgan(['preview', shipped('pipelines', 'subimages.yml'), '--set', `source.images=${sample}`], cwd),
    {
      code: 2,
      err: /makes no pairs[\s\S]*fix: Add the stage degrade/,
    },
  );
});

t.test('trace prints what was drawn and writes the pair; its own output can be traced again', async (t) => {
  const cwd = await workplace(t);
  const batch = await esrgan(['trace', '--batch', '1', ...df2k, '--set', 'batch.size=2', '--out', 'b'], cwd);
  t.equal(batch.code, 0, batch.err);
  const records = batch.out.trimEnd().split('\n');
  t.equal(records.length, 2);
  const { id, epoch, augment } = JSON.parse(records[1]);
  t.match({ epoch, size: augment.size }, { epoch: 0, size: 256 });
  const one = await esrgan(['trace', id, ...df2k, '--out', 'one'], cwd);
  t.equal(one.out.trimEnd(), records[1]);
  const row = await esrgan(['trace', records[1], ...df2k, '--out', 'row'], cwd);
  t.equal(row.out, one.out);
  const stem = id.replaceAll(':', '_');
  for (const [what, width] of [
    ['gt', 256],
    ['lq', 64],
  ] as const) {
    const bytes = readFileSync(path.join(cwd, 'one', `${stem}_${what}.png`));
    t.equal((await sharp(bytes).metadata()).width, width);
    t.ok(bytes.equals(readFileSync(path.join(cwd, 'row', `${stem}_${what}.png`))));
    t.ok(bytes.equals(readFileSync(path.join(cwd, 'b', `b1_01_${stem}_${what}.png`))));
  }
  t.ok(existsSync(path.join(cwd, 'one', `${stem}_strip.png`)));
  t.match(await esrgan(['trace', ...df2k], cwd), { code: 2, err: /name either samples/ });
  t.match(await esrgan(['trace', 'x', '--batch', '1', ...df2k], cwd), {
    code: 2,
    err: /name either samples/,
  });
  t.match(await esrgan(['trace', 'x.png@HR:1x1+0+0', ...df2k], cwd), {
    code: 2,
    err: /has no sample x\.png/,
  });
});

t.test('preset lists and prints presets, and what it prints can be used', async (t) => {
  const cwd = await workplace(t);
  const list = await esrgan(['preset'], cwd);
  t.match(list.out, /^bicubic +The classical task/m);
  for (const line of list.out.trimEnd().split('\n')) {
    const [, name] = /^(\w+) +\S/.exec(line) ?? [];
    const printed = await esrgan(['preset', name], cwd);
    const [start] = readFileSync(shipped('pipelines', 'presets', `${name}.yml`), 'utf8').split(
      /^- preset: /m,
    );
    t.ok(printed.out.startsWith(start) && !printed.out.includes('- preset:'), `${name} is written out`);
  }
  t.match(await esrgan(['preset', 'bicubik'], cwd), { code: 2, err: /did you mean "bicubic"/ });
  const steps = (await esrgan(['preset', 'bicubic'], cwd)).out.replaceAll(/^/gm, '      ');
  cpSync(path.join(sample, 'coffee.png'), path.join(cwd, 'coffee.png'));
  writeFileSync(
    path.join(cwd, 'p.yml'),
    `name: p\nsource: { images: coffee.png }\nstages:\n  - crop:\n  - degrade:\n${steps}\nsink: { discard: }\n`,
  );
  const ran = await shell('esrgan run p.yml --json', cwd);
  t.equal(ran.code, 0, ran.err);
});
