import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { bare, bin, type Ended, shipped, start, workplace } from './esrgan.js';

t.setTimeout(300_000);

const text = `name: p
source: { images: photos }
stages:
  - crop: { size: 32, step: 32 }
sink:
  discard:
`;

/** A working folder with a pipeline and two small photographs. */
async function project(t: Parameters<typeof workplace>[0]): Promise<string> {
  const cwd = await workplace(t);
  mkdirSync(path.join(cwd, 'photos'));
  mkdirSync(path.join(cwd, 'empty'));
  for (const name of ['a.png', 'b.jpg'])
    await sharp({ create: { width: 64, height: 48, channels: 3, background: '#777' } }).toFile(
      path.join(cwd, 'photos', name),
    );
  writeFileSync(path.join(cwd, 'p.yml'), text);
  return cwd;
}

/** So many short runs: without measuring coverage they take a third of the time. */
const esrgan = (args: readonly string[], cwd: string): Promise<Ended> => bare(t, args, cwd).ended;

const stack = /^ {4}at .*:\d+:\d+\)?$/m;

/** An error of the user: exit code 2, nothing on stdout, one message, no stack. */
function isMistake(t: Parameters<typeof workplace>[0], found: Ended, expected: RegExp): void {
  t.match(found, { code: 2, out: '', err: expected });
  t.equal(found.err.match(/^error: /gm)?.length, 1, found.err);
  t.notMatch(found.err, stack);
  t.notMatch(found.err, 'internal error');
}

/** What to change in the text, and what is said about it. */
const mistakes: readonly [what: string, from: string, to: string, expected: RegExp][] = [
  [
    'wrong key',
    'step: 32',
    'stpe: 32',
    /unknown key "stpe" in crop; did you mean "step"\?\n {2}at p\.yml:4:23\n.*\n +\|.*\^{4}\n/,
  ],
  [
    'wrong type',
    'size: 32',
    'size: big',
    /crop\.size must be a whole number, but is the text "big"\n {2}at p\.yml:4:19\n/,
  ],
  ['unknown stage', 'crop:', 'corp:', /unknown stage "corp"; did you mean "crop"\?\n {2}at p\.yml:4:5\n/],
  [
    'unknown sink',
    'discard',
    'discrad',
    /unknown key "discrad" in sink; did you mean "discard"\?\n {2}at p\.yml:6:3\n/,
  ],
  [
    'not YAML',
    'name: p',
    'name: [p',
    /this is not valid YAML: [\s\S]*\n {2}at p\.yml:\d+:\d+\n[\s\S]*\nfix: /,
  ],
  ['twice the same', 'sink:', 'name: q\nsink:', /the key "name" occurs twice\n {2}at p\.yml:5:1\n/],
  [
    'missing folder',
    'photos',
    'fotos',
    /there is no file or folder fotos\n {2}at p\.yml:2:19\n.*images: fotos[\s\S]*\nfix: Correct the path/,
  ],
  [
    'empty folder',
    'photos',
    'empty',
    /the folder empty is empty\n {2}at p\.yml:2:19\n[\s\S]*\nfix: Put photographs there/,
  ],
  [
    'empty glob',
    'photos',
    'photos/*.tiff',
    /no file matches photos\/\*\.tiff\n {2}at p\.yml:2:19\n[\s\S]*\nfix: Check the spelling/,
  ],
  [
    'crop too large',
    'size: 32',
    'size: 50',
    /no image is as large as a crop; .*64x48 is smaller than a crop of 50x50\n {2}at p\.yml:4:19\n[\s\S]*\nfix: Set crop\.size .*to 48 or less/,
  ],
  [
    'limit_pixels',
    'photos }',
    'photos, limit_pixels: 1000 }',
    /failed {2}photos\/a\.png: its header promises .*64x48.*limit_pixels\)\nfailed {2}photos\/b\.jpg: [\s\S]*error: none of the 2 files found for photos can be used\n {2}at p\.yml:2:19\n[\s\S]*\nfix: /,
  ],
  [
    'no such option file',
    '  discard:',
    '  train: { options: no.yml }',
    /training needs pairs of lq and gt: add the stages degrade and batch\n {2}at p\.yml:6:3\n/,
  ],
];

t.test('mistakes in a pipeline file', async (t) => {
  const cwd = await project(t);
  for (const [what, from, to, expected] of mistakes)
    await t.test(what, async (t) => {
      writeFileSync(path.join(cwd, 'p.yml'), text.replace(from, to));
      isMistake(t, await esrgan(['run', 'p.yml'], cwd), expected);
    });
});

t.test('mistakes on the command line', async (t) => {
  const cwd = await project(t);
  writeFileSync(path.join(cwd, 'binary.yml'), Buffer.from([0xff, 0xfe, 0x00, 0x61]));
  const train = ['run', shipped('pipelines', 'quickstart.yml')];
  const extract = ['extract-subimages', '--input'];
  const cases: readonly [argv: string[], expected: RegExp][] = [
    [['run', 'q.yml'], /there is no file q\.yml\n[\s\S]*fix: Did you mean p\.yml\?/],
    [
      ['run', 'pipelines/quickstart.yml'],
      /\nfix: The one that comes with esrgan is .*\/pipelines\/quickstart\.yml\.\n/,
    ],
    [['run', 'photos'], /photos is a folder\n[\s\S]*fix: /],
    [['run', 'binary.yml'], /binary\.yml is not UTF-8 text\n[\s\S]*fix: Save it as UTF-8/],
    [['run', 'p.yml', '--set', 'crop.size=1.5'], /crop\.size must be .*\n {2}at --set crop\.size=1\.5\n/],
    [
      ['run', 'p.yml', '--set', 'crop.size=49'],
      /no image is as large as a crop[\s\S]*\n {2}at --set crop\.size=49\nfix: /,
    ],
    [
      ['run', 'p.yml', '--set', 'source.images=nowhere', '--dry-run'],
      /nowhere\n {2}at --set source\.images=nowhere\nfix: /,
    ],
    [
      [...train, '--set', 'train.total_itr=4'],
      /unknown key "total_itr" in train; did you mean "total_iter"\?/,
    ],
    [
      [...train, '--set', 'path.pretrain_network_g=no.safetensors'],
      /no\.safetensors cannot be read[\s\S]*fix: Check the path/,
    ],
    [[...train, '--set', 'val.images=no.png'], /no\.png[\s\S]*fix: /],
    [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [[...extract, 'nowhere', '--output', 'o'], /there is no folder nowhere\n {2}at --input nowhere\nfix: /],
    [[...extract, 'empty', '--output', 'o'], /the folder empty is empty\n {2}at --input empty\nfix: /],
    [
      [...extract, 'photos', '--output', 'o', '--crop_size', '64'],
      /no image is as large[\s\S]*\n {2}at --crop_size 64\nfix: .*48 or less/,
    ],
    [
      [...extract, 'photos', '--output', 'p.yml', '--crop_size', '9'],
      /file already exists \(EEXIST\)\n {2}at p\.yml\nfix: /,
    ],
    [
      [...extract, 'photos', '--output', 'o', '--step', '0'],
      /'--step <n>' argument '0' is invalid\. Give a whole number from 1/,
    ],
    [
      ['generate-meta-info', '--input', 'photos', 'empty', '--root', '.', '--meta_info', 'm'],
      /2 input folders, but 1 root[\s\S]*fix: Give one root/,
    ],
  ];
  for (const [argv, expected] of cases)
    await t.test(argv.slice(-3).join(' '), async (t) => {
      const found = await esrgan(argv, cwd);
      // Training says which engine it has before it finds out about its files.
      isMistake(t, { ...found, out: found.out.replace(/^engine .*\n/, '') }, expected);
    });
  t.same(
    readdirSync(cwd).filter((name) => name === 'm'),
    [],
  );
});

t.test('--verbose shows the stack, also of what happened in another thread', async (t) => {
  const cwd = await project(t);
  for (const set of ['crop.size=big', 'crop.size=49']) {
    const found = await esrgan(['run', 'p.yml', '--set', set, '--verbose'], cwd);
    t.match(found, { code: 2, err: stack }, set);
    t.match(found.err, /^error: /);
  }
});

t.test('with --json, stdout stays JSON when a run fails', async (t) => {
  const cwd = await project(t);
  const found = await esrgan(['run', 'p.yml', '--set', 'source.limit_pixels=9', '--json'], cwd);
  t.match(found, { code: 2, err: /^error: none of the 2 files/m });
  const types = found.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  t.equal(types.filter((type) => type === 'file').length, 2);
  t.notOk(types.includes('end'));
});

t.test('a file that cannot be written to its end is one clear error, and the end of the run', async (t) => {
  const cwd = await project(t);
  const pixels = Buffer.alloc(3 * 1024 * 1024);
  for (let i = 0, state = 1; i < pixels.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pixels[i] = state >>> 24;
  }
  const raw = { width: 1024, height: 1024, channels: 3 } as const;
  await sharp(pixels, { raw })
    .png()
    .toFile(path.join(cwd, 'photos', 'noise.png'));
  writeFileSync(path.join(cwd, 'p.yml'), text.replaceAll('32', '256'));
  // A full disk cannot be had without mounting one; a limit for the size of files is refused at the same place.
  const limited = (args: string): Promise<Ended> => {
    const line = `trap '' XFSZ; ulimit -f 64; exec env -u NODE_OPTIONS "$0" "$1" ${args}`;
    return start(['bash', '-c', line, process.execPath, bin], cwd).ended;
  };
  const cases = [
    `run p.yml --set 'sink={write: {webdataset: "out/{00..}.tar", content: crops, encode: png}}'`,
    'extract-subimages --input photos --output subs --crop_size 256 --step 256 --thresh_size 0',
  ];
  for (const args of cases) {
    const found = await limited(args);
    t.match(found, { code: 2, err: /error: file too large \(EFBIG\)/ }, args);
    t.notMatch(found.err, /internal error|object Object/);
  }
  t.same(readdirSync(path.join(cwd, 'out')), ['.esrgan-stream.json'], 'nothing is left of the tar');
});
