import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { fixture } from '../root.js';
import {
  contents,
  esrgan,
  events,
  names,
  only,
  type Picture,
  pictures,
  shipped,
  workplace,
} from './esrgan.js';

t.setTimeout(300_000);

interface Manifest {
  readonly folders: Readonly<Record<string, readonly Picture[]>>;
  readonly images_without_any_crop: readonly string[];
}

const manifest: Manifest = JSON.parse(readFileSync(fixture('subimages', 'manifest.json'), 'utf8'));

const golden = (folder: string): Picture[] =>
  manifest.folders[folder].map(({ name, w, h, sha256 }) => ({ name, w, h, sha256 }));

t.test('the three steps of the original chain, from photographs to meta_info', async (t) => {
  const cwd = await workplace(t);
  cpSync(fixture('subimages', 'HR'), path.join(cwd, 'DF2K_HR'), { recursive: true });
  const at = (folder: string): string => path.join(cwd, folder);

  const multiscale = ['generate-multiscale', '--input', 'DF2K_HR,', '--output', 'DF2K_multiscale'];
  const scaled = await esrgan([...multiscale, '--resampler', 'pillow'], cwd);
  t.match(scaled, { code: 0, err: '', out: /written +12 pictures in DF2K_multiscale\n/ });
  t.same(await pictures(at('DF2K_multiscale')), golden('DF2K_multiscale'), 'bit for bit');

  const sizes = ['--crop_size', '400', '--step', '200', '--thresh_size', '0'];
  for (const folder of ['DF2K_HR', 'DF2K_multiscale']) {
    const output = `${folder}_sub`;
    const cut = await esrgan(
      ['extract-subimages', '--input', folder, '--output', output, ...sizes, '--compression_level', '3'],
      cwd,
    );
    t.match(cut, { code: 0, err: '' });
    t.same(await pictures(at(output)), golden(output));
    const small = folder === 'DF2K_HR' ? [] : manifest.images_without_any_crop;
    t.equal(cut.out.match(/skipped {2}/g)?.length ?? 0, small.length);
    for (const name of small) t.ok(cut.out.includes(`skipped  ${folder}/${name}: too small`), name);
  }

  const lists = { full: ['DF2K_HR', 'DF2K_multiscale'], sub: ['DF2K_HR_sub', 'DF2K_multiscale_sub'] };
  for (const [name, [first, second]] of Object.entries(lists)) {
    const file = `meta_info_${name}.txt`;
    const list = ['--input', `${first},`, second, '--root', '.,', '.', '--meta_info', `meta/${file}`];
    t.match(await esrgan(['generate-meta-info', ...list, '--check'], cwd), { code: 0, err: '' });
    t.equal(
      readFileSync(path.join(cwd, 'meta', file), 'utf8'),
      readFileSync(fixture('subimages', file), 'utf8'),
    );
  }

  const before = contents(at('DF2K_HR_sub'));
  const written = statSync(at('DF2K_HR_sub/0001_s001.png')).mtimeMs;
  renameSync(at('DF2K_HR_sub/0001_s002.png'), at('moved.png'));
  const again = ['extract-subimages', '--input', 'DF2K_HR', '--output', 'DF2K_HR_sub'];
  const second = await esrgan([...again, '--crop-size=400', '--step=200'], cwd);
  t.match(second, { code: 0, err: '', out: /written +1 pictures? in DF2K_HR_sub; 59 were already there/ });
  t.match(second.out, /files +3: 1 used, 2 finished before, 0 skipped, 0 failed/);
  t.equal(statSync(at('DF2K_HR_sub/0001_s001.png')).mtimeMs, written, 'a finished picture is not touched');
  t.same(contents(at('DF2K_HR_sub')), before);

  const other = await esrgan([...again, '--crop_size', '400', '--step', '100'], cwd);
  t.match(other, {
    code: 2,
    err: /DF2K_HR_sub was begun with other settings: crop\.step was 200 and is 100 now\n[\s\S]*fix: Name another folder/,
  });
  t.same(contents(at('DF2K_HR_sub')), before);
});

t.test('pipelines/subimages.yml does it all in one run', async (t) => {
  const cwd = await workplace(t);
  const args = ['run', shipped('pipelines', 'subimages.yml')];
  for (const set of [
    `source.images=${fixture('subimages', 'HR')}`,
    'write.folder=sub',
    'multiscale.resampler=pillow',
    'multiscale.upscale=true',
    'metadata.provenance=sub.jsonl',
    'metadata.meta_info=sub.txt',
  ])
    args.push('--set', set);
  const result = await esrgan([...args, '--json'], cwd);
  t.match(result, { code: 0, err: '' });
  const expected = [...golden('DF2K_HR_sub'), ...golden('DF2K_multiscale_sub')];
  t.same(
    await pictures(path.join(cwd, 'sub')),
    expected.sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  const list = readFileSync(path.join(cwd, 'sub.txt'), 'utf8').trimEnd().split('\n');
  t.same(list.sort(), expected.map(({ name }) => `${name} (400,400,3)`).sort());
  t.equal(readFileSync(path.join(cwd, 'sub.jsonl'), 'utf8').match(/\n/g)?.length, expected.length);
  t.match(only(events(result.out), 'end')[0].summary, {
    crops: expected.length,
    written: { files: expected.length, existing: 0 },
  });
});

t.test('names that shells, globs and option parsers trip over', async (t) => {
  const cwd = await workplace(t);
  const awkward = path.join(`it's "q"`, '-dash', '[a] {b,c} *?!(x)', 'ünï 日本 😀', 'comma,');
  mkdirSync(path.join(cwd, awkward, 'in'), { recursive: true });
  const noise = await sharp({
    create: {
      width: 64,
      height: 48,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .png()
    .toBuffer();
  const files = ['-a.png', `b 'q' "q".png`, '[c]{d,e}*?.png', '日本 😀.png'];
  for (const name of files) writeFileSync(path.join(cwd, awkward, 'in', name), noise);
  cpSync(path.join(cwd, awkward, 'in'), path.join(cwd, '-in'), { recursive: true });

  const crops = ['--crop_size', '32', '--step', '32'];
  const expected = files.flatMap((name) =>
    ['_s001', '_s002', '_s003', '_s004'].map((mark) => name.replace('.png', `${mark}.png`)),
  );
  for (const [input, output] of [
    [`${awkward}/in`, `${awkward}/out`],
    ['-in', '-out'],
  ]) {
    const cut = await esrgan(['extract-subimages', '--input', input, '--output', output, ...crops], cwd);
    t.match(cut, { code: 0, err: '' });
    t.same(names(path.join(cwd, output)), expected.toSorted());
  }
  const list = ['--input', `${awkward}/in`, './-out,', '--root', awkward, '.', '--meta_info', '-list.txt'];
  t.match(await esrgan(['generate-meta-info', ...list], cwd), { code: 0, err: '' });
  const lines = readFileSync(path.join(cwd, '-list.txt'), 'utf8').trimEnd().split('\n');
  t.same(lines.sort(), [...files.map((f) => `in/${f}`), ...expected.map((f) => `-out/${f}`)].sort());

  const pipeline = path.join(cwd, awkward, `it's "a" pipeline.yml`);
  const text = { name: 'it is "so"', source: { images: 'in' }, stages: [{ crop: { size: 32, step: 32 } }] };
  writeFileSync(
    pipeline,
    JSON.stringify({ ...text, sink: { write: { folder: `${awkward}/from pipeline` } } }),
  );
  t.match(await esrgan(['run', pipeline], cwd), { code: 0, err: '', out: /written +16 pictures/ });
  t.same(names(path.join(cwd, awkward, 'from pipeline')), expected.toSorted());
});

t.test('a folder of broken and odd files: each is named, and the run goes on', async (t) => {
  interface Bad {
    readonly files: readonly {
      path: string;
      expected: { verdict: string; size_wh: [number, number] | null };
    }[];
  }
  const bad: Bad = JSON.parse(readFileSync(fixture('bad', 'bad.json'), 'utf8'));
  const cwd = await workplace(t);
  execFileSync('tar', ['-xf', fixture('bad', 'files.tar'), '-C', cwd]);
  const args = [
    'extract-subimages',
    '--input',
    'files',
    '--output',
    'sub',
    '--crop_size',
    '400',
    '--step',
    '200',
  ];
  const { code, out, err } = await esrgan([...args, '--json'], cwd);
  t.match({ code, err }, { code: 0, err: '' });
  const list = events(out);
  const { files, crops } = only(list, 'end')[0].summary;
  const outcome = new Map(files.map((file) => [path.basename(file.path), file]));
  t.equal(outcome.size, files.length, 'each once');
  t.equal(files.length, only(list, 'plan')[0].plan.files);
  t.equal(only(list, 'file').length, files.length);
  for (const { path: name, expected } of bad.files) {
    // The one-line commands leave hidden files out, as the original scripts do.
    if (name === '.hidden.png') continue;
    const found = outcome.get(name);
    const usable = /^use/.test(expected.verdict);
    t.equal(found?.outcome === 'used', usable, `${name}: ${found?.reason}`);
    if (!usable) t.match(found?.reason, /\w+ \w+/, name);
    t.notMatch(found?.reason, cwd, 'the reason need not repeat the path');
  }
  t.equal((await pictures(path.join(cwd, 'sub'))).length, crops);

  const check = await esrgan(
    ['generate-meta-info', '--input', 'files', '--meta_info', 'm.txt', '--check'],
    cwd,
  );
  t.match(check, { code: 0, err: '' });
  const rejected = bad.files.filter(
    ({ expected }) => /reject$|^skip$/.test(expected.verdict) && !/^use/.test(expected.verdict),
  );
  for (const { path: name } of rejected) t.ok(check.out.includes(`left out  files/${name}: `), name);
  const listed = readFileSync(path.join(cwd, 'm.txt'), 'utf8').trimEnd().split('\n');
  t.equal(listed.length + (check.out.match(/left out {2}/g)?.length ?? 0), bad.files.length - 1);
});
