import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lastValueFrom, take, toArray } from 'rxjs';
import sharp from 'sharp';
import t from 'tap';
import {
  formatMetaInfoLine,
  formatPairLine,
  isListable,
  parseMetaInfo,
} from '../../src/formats/meta-info/line.js';
import type { Source } from '../../src/plan/types.js';
import { type DiscoverHooks, discover, sources } from '../../src/stages/discover/discover.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { compareCodePoints } from '../../src/stages/discover/order.js';
import { json, recorder } from '../images/pictures.js';
import { fixture } from '../root.js';

const png = await sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
  .png()
  .toBuffer();

function fill(folder: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), png);
  }
}

async function find(
  folder: string,
  options: object,
  ctx = recorder(),
  hooks: DiscoverHooks = {},
): Promise<Source[]> {
  const all = discover(SourceOptions.parse(options), ctx, { baseFolder: folder, ...hooks });
  return lastValueFrom(all.pipe(toArray()));
}
const ids = async (...args: Parameters<typeof find>): Promise<string[]> =>
  (await find(...args)).map((source) => source.id);

interface Lists {
  readonly meta_info_order: {
    readonly created_in_a: string[];
    readonly created_in_b: string[];
    readonly text: string;
  };
  readonly pairdata: { readonly gt: string[]; readonly lq: string[]; readonly text: string };
}
const lists = json<Lists>(fixture('subimages', 'lists.json'));

t.test('order of the original: by code point, roots in the given order', async (t) => {
  const { created_in_a: a, created_in_b: b, text } = lists.meta_info_order;
  const folder = t.testdir();
  // In the reference, a folder and files that are no images are listed too; here all are images.
  fill(path.join(folder, 'a'), ...a.map((name) => name.replace('/ (a directory)', '')));
  fill(path.join(folder, 'b'), ...b);
  const ctx = recorder();
  const found = await find(folder, { images: ['b', 'a'] }, ctx);
  t.same(
    found.map((s) => path.relative(folder, s.path).replace(/^a\//, '')),
    text.trimEnd().split('\n'),
  );
  t.same(
    ctx.outcomes.map((o) => o.path),
    [path.join(folder, 'a', '.hidden.png')],
  );
  t.match(found[0], { id: 'x0.png', width: 6, height: 4, format: 'png', channels: 3, notes: [] });
  t.ok(path.isAbsolute(found[0].path));
  t.same(['\u{1f600}', '\uffee', 'z', 'Z', 'zz', ''].sort(compareCodePoints), [
    '',
    'Z',
    'z',
    'zz',
    '\uffee',
    '\u{1f600}',
  ]);
});

t.test('folders, files and globs', async (t) => {
  const folder = t.testdir();
  fill(
    folder,
    'p/1.png',
    'p/2.PNG',
    'p/q/1.png',
    'p/[x].png',
    'p/{a,b}.png',
    'p/*.png',
    'p/.h.png',
    'p/.d/1.png',
  );
  fill(folder, 'with *star/1.png', 'it\'s "q" ü/1.png', 'r/p/1.png');
  t.same(await ids(folder, { images: 'p' }), ['*.png', '1.png', '2.PNG', '[x].png', 'q/1.png', '{a,b}.png']);
  t.same(await ids(folder, { images: 'p/**/1.png' }), ['1.png', 'q/1.png']);
  t.same(await ids(folder, { images: path.join(folder, 'p', '?.png') }), ['*.png', '1.png'], 'absolute');
  t.same(await ids(folder, { images: './p/../p/q' }), ['1.png']);
  t.same(await ids(path.join(folder, 'p', 'q'), { images: '../*.PNG' }), ['2.PNG'], 'upwards');
  t.same(await ids(folder, { images: '{p,r}/**/1.png' }), ['p/1.png', 'p/q/1.png', 'r/p/1.png']);
  t.same(await ids(folder, { images: ['p/[x].png', 'p/{a,b}.png', 'p/*.png'] }), [
    '[x].png',
    '{a,b}.png',
    '*.png',
  ]);
  t.same(await ids(folder, { images: ['with *star', 'it\'s "q" ü/*'] }), [
    'with *star/1.png',
    'it\'s "q" ü/1.png',
  ]);
  t.same(
    await ids(folder, { images: ['p/.h.png', 'p/.d/*', 'p/.*.png'] }),
    ['.h.png', '1.png'],
    'hidden, asked for',
  );
  t.same(
    await ids(folder, { images: ['p/q', 'p', 'p/*.PNG'] }),
    ['q/1.png', '*.png', 'p/1.png', '2.PNG', '[x].png', '{a,b}.png'],
    'each file once',
  );
  t.same(await ids(folder, { images: ['p/1.png', 'r/p/1.png'] }), ['p/1.png', 'r/p/1.png'], 'ids stay apart');
  t.same(await ids(folder, { images: 'p', exclude: ['p/q', '**/{2,[[]x]}.*', 'p/*.png'] }), [
    '1.png',
    '{a,b}.png',
  ]);
  const ctx = recorder();
  await find(folder, { images: 'p', exclude: 'nothing/*' }, ctx);
  t.same(ctx.warnings, ['exclude: nothing matches nothing/*']);
  t.match(
    ctx.outcomes.map((o) => o.reason),
    [/hidden folder/, /hidden file/],
  );
});

t.test('links and loops', async (t) => {
  const folder = t.testdir();
  fill(folder, 'p/1.png', 'elsewhere/2.png', 'p/sub/3.png');
  symlinkSync('.', path.join(folder, 'p', 'loop'));
  symlinkSync('../..', path.join(folder, 'p', 'sub', 'up'));
  symlinkSync('../elsewhere', path.join(folder, 'p', 'link'));
  symlinkSync('../../p/sub', path.join(folder, 'elsewhere', 'mutual'));
  symlinkSync('../p', path.join(folder, 'elsewhere', 'back'));
  symlinkSync('gone.png', path.join(folder, 'p', 'dangling.png'));
  symlinkSync('self.png', path.join(folder, 'p', 'self.png'));
  symlinkSync('1.png', path.join(folder, 'p', 'copy.png'));
  linkSync(path.join(folder, 'p', '1.png'), path.join(folder, 'p', 'hard.png'));
  execFileSync('mkfifo', [path.join(folder, 'p', 'pipe.png')]);
  const expected = ['1.png', 'copy.png', 'hard.png', 'link/2.png', 'sub/3.png'];
  const ctx = recorder();
  t.same(await ids(folder, { images: 'p' }, ctx), expected);
  const reasons = ctx.outcomes.map((o) => `${path.basename(o.path)}: ${o.outcome}, ${o.reason}`);
  t.match(reasons, [
    /^dangling.png: failed, missing: .*link whose target is gone/,
    'back: skipped, a folder, not a file',
    /^mutual: /,
    'loop: skipped, a folder, not a file',
    'pipe.png: skipped, not a regular file',
    /^self.png: failed, a link that leads back to itself/,
    'up: skipped, a folder, not a file',
  ]);
  t.same(await ids(folder, { images: 'p/**/*.png' }), expected);
  const literal = recorder();
  t.same(await ids(folder, { images: ['p/dangling.png', 'p/1.png'] }, literal), ['1.png']);
  t.equal(literal.outcomes.length, 1);
});

t.test('nothing to find is an error that says what to do', async (t) => {
  const folder = t.testdir({
    empty: {},
    'no image.txt': 'x',
    texts: { 'a.png': 'text' },
    dirs: { inner: {} },
  });
  const fails = (images: string | string[], message: RegExp | string, remedy: RegExp) =>
    t.rejects(find(folder, { images }), { code: 'NO_IMAGES', message, remedy });
  await fails('photos', 'there is no file or folder photos', /Correct the path/);
  await fails(
    'photos/**/*.png',
    'the folder photos does not exist (wanted for photos/**/*.png)',
    /Correct the path/,
  );
  await fails('empty', 'the folder empty is empty', /Put photographs there/);
  await fails('texts/*.jpg', 'no file matches texts/*.jpg', /spelling and the extension/);
  await fails('dirs/*', 'no file matches dirs/*', /folders only: add \/\*\*/);
  await fails(['texts', 'photos/x.png'], /there is no file or folder photos\/x.png/, /Correct/);
  await fails('texts', 'none of the 1 files found for texts can be used', /gives its reason/);
});

t.test('meta_info: spaces, sizes, pairs, BOM, CRLF, missing files', async (t) => {
  const folder = t.testdir();
  fill(folder, 'gt/a b.png', 'gt/c, d.png', 'gt/sub/e.png', 'gt/f.png', 'gt/g.png');
  const lines = [
    '\ufeffa b.png (4,6,3)',
    '',
    'c, d.png',
    'sub/e.png, lq/e.png',
    'nowhere.png',
    '  f.png ',
    './g.png (4, 6, 3)',
    'f.png',
    'lost.png, lq/lost.png',
  ];
  writeFileSync(path.join(folder, 'meta info.txt'), lines.join('\r\n'));
  const ctx = recorder();
  const options = { meta_info: 'meta info.txt', dataroot_gt: 'gt' };
  t.same(
    await ids(folder, options, ctx),
    ['a b.png', 'c, d.png', 'sub/e.png', 'f.png', 'g.png'],
    'the order of the list',
  );
  t.same(ctx.outcomes, [
    {
      path: path.join(folder, 'gt', 'nowhere.png'),
      outcome: 'failed',
      reason: 'missing: no such file, or a link whose target is gone (line 5 of meta info.txt)',
      notes: [],
    },
    {
      path: path.join(folder, 'gt', 'lost.png'),
      outcome: 'failed',
      reason: 'missing: no such file, or a link whose target is gone (line 9 of meta info.txt)',
      notes: [],
    },
  ]);
  t.same(ctx.warnings, ['listed again in line 8 of meta info.txt; used once']);
  t.same(await ids(folder, { ...options, exclude: 'gt/?.png' }), ['a b.png', 'c, d.png', 'sub/e.png']);
  await t.rejects(find(folder, { ...options, meta_info: 'none.txt' }), {
    code: 'META_INFO',
    message: /none.txt cannot be read/,
  });
  writeFileSync(path.join(folder, 'blank.txt'), '\n \n');
  await t.rejects(find(folder, { ...options, meta_info: 'blank.txt' }), {
    code: 'META_INFO',
    message: /names no image/,
  });
});

t.test('meta_info lines of the original are read and written alike', async (t) => {
  for (const name of ['meta_info_sub.txt', 'meta_info_full.txt']) {
    const text = readFileSync(fixture('subimages', name), 'utf8');
    const entries = parseMetaInfo(text);
    t.ok(entries.length >= 15);
    t.equal(entries.map((entry) => `${formatMetaInfoLine(entry.name)}\n`).join(''), text, name);
  }
  const { gt, lq, text } = lists.pairdata;
  const sorted = (names: string[], folder: string) =>
    names.toSorted(compareCodePoints).map((n) => `${folder}/${n}`);
  const lqs = sorted(lq, 'lq');
  t.equal(
    sorted(gt, 'gt')
      .map((name, i) => `${formatPairLine(name, lqs[i])}\n`)
      .join(''),
    text,
  );

  t.equal(formatMetaInfoLine('a b.png', { height: 400, width: 300, channels: 3 }), 'a b.png (400,300,3)');
  t.match(parseMetaInfo('a b (1).png (400,300,3)'), [
    { line: 1, name: 'a b (1).png', size: { height: 400, width: 300, channels: 3 } },
  ]);
  t.throws(() => formatMetaInfoLine('new\nline.png'), {
    code: 'META_INFO_NAME',
    message: /"new\\nline.png"/,
  });
  t.notOk(isListable('photo (1,2,3)'));
  t.ok(isListable('photo (1,2,3).png'));
});

t.test('the stream is held back, stopped and left', async (t) => {
  const folder = t.testdir();
  fill(folder, ...Array.from({ length: 40 }, (_, i) => `p/${String(i).padStart(2, '0')}.png`));
  const options = SourceOptions.parse({ images: 'p', threads: 2 });
  let admitted = 0;
  const admit = async (): Promise<void> => {
    admitted++;
  };
  const hooks = { baseFolder: folder, admit };
  const first = await lastValueFrom(discover(options, recorder(), hooks).pipe(take(3), toArray()));
  t.same(
    first.map((s) => s.id),
    ['00.png', '01.png', '02.png'],
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.ok(admitted <= 4, `no more are asked for after leaving (${admitted})`);

  const ctx = recorder();
  const pulled: string[] = [];
  for await (const source of sources(options, ctx, { baseFolder: folder })) {
    pulled.push(source.id);
    if (pulled.length === 5) ctx.controller.abort();
  }
  t.same(pulled, ['00.png', '01.png', '02.png', '03.png', '04.png']);

  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let seen = 0;
  const all = discover(options, recorder(), { baseFolder: folder, admit: () => gate });
  const done = new Promise<void>((complete) => all.subscribe({ next: () => seen++, complete }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(seen, 0, 'nothing passes a closed gate');
  open();
  await done;
  t.equal(seen, 40);
});
