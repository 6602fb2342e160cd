import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import sharp from 'sharp';
import t from 'tap';
import { EsrganError } from '../../src/errors.js';
import type { Pixels } from '../../src/images/pixels.js';
import { probe } from '../../src/images/probe.js';
import { readPixels } from '../../src/images/read.js';
import { tuneSharp } from '../../src/images/tune.js';
import { discover } from '../../src/stages/discover/discover.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { fixture } from '../root.js';
import { hash, json, read, recorder, sourceOf } from './pictures.js';

tuneSharp(2);

interface BadFile {
  readonly path: string;
  readonly expected: {
    readonly verdict: 'use' | 'use_or_reject' | 'use_or_skip' | 'too_small' | 'reject' | 'skip';
    readonly size_wh: [number, number] | null;
    readonly rgb_sha256: string | null;
    readonly compare: string | null;
  };
}

t.test('every awkward file is used with the right pixels or named with a reason', async (t) => {
  const folder = t.testdir();
  execFileSync('tar', ['-xf', fixture('bad', 'files.tar'), '-C', folder]);
  const root = path.join(folder, 'files');
  symlinkSync('self.png', path.join(root, 'self.png'));
  const ctx = recorder();
  const found = await lastValueFrom(discover(SourceOptions.parse({ images: root }), ctx).pipe(toArray()));
  const pictures = new Map<string, Pixels>();
  const reasons = new Map(ctx.outcomes.map((o) => [path.relative(root, o.path), o.reason ?? '']));
  for (const source of found)
    await readPixels(source).then(
      (pixels) => pictures.set(source.id, pixels),
      (error: unknown) => {
        t.type(error, EsrganError);
        reasons.set(source.id, String(error));
      },
    );

  const { files } = json<{ files: BadFile[] }>(fixture('bad', 'bad.json'));
  t.equal(files.length, 37);
  // Besides the 37: the link to itself and the text file in the folder x.png.
  t.equal(pictures.size + reasons.size, 39);
  for (const { path: name, expected } of files) {
    const pixels = pictures.get(name);
    if (expected.verdict === 'reject' || expected.verdict === 'skip') {
      t.notOk(pixels, `${name} is not used`);
      t.match(reasons.get(name), /\w{5}/, `${name} has a reason`);
    } else if (name === '.hidden.png') t.match(reasons.get(name), /hidden file/);
    else if (pixels === undefined) t.fail(`${name} is not used: ${reasons.get(name)}`);
    else {
      t.same([pixels.width, pixels.height, pixels.channels], [...(expected.size_wh ?? []), 3], name);
      // libjpeg and libjpeg-turbo agree on these files, so more than the required 45 dB is asked for.
      if (name !== 'cmyk.jpg') t.equal(hash(pixels), expected.rgb_sha256, name);
    }
  }
  t.match(reasons.get('truncated.png'), /truncated/);
  t.match(reasons.get('truncated.jpg'), /truncated/);
  t.match(reasons.get('flipped_byte.png'), /damaged/);
  t.match(reasons.get('zero_bytes.png'), /empty file/);
  t.match(reasons.get('text.png'), /not an image/);
  t.match(reasons.get('x.png'), /folder/);
  t.match(reasons.get('dangling.png'), /link whose target is gone/);
  t.match(reasons.get('self.png'), /link that leads back to itself/);
  t.match(reasons.get('bomb_30000x30000.png'), /900 megapixels.*limit of 268 megapixels \(limit_pixels\)/);

  const notes = new Map(found.map((source) => [source.id, source.notes]));
  t.same(notes.get('rgb16.png'), ['16-bit reduced to 8']);
  t.same(notes.get('gray_alpha.png'), ['gray expanded to RGB', 'alpha dropped']);
  t.same(notes.get('exif_rotated_6.jpg'), ['EXIF orientation 6 applied']);
  t.same(notes.get('animated.webp'), ['first of 3 frames used', 'alpha dropped']);
  t.same(notes.get('cmyk.jpg'), ['CMYK converted to sRGB']);
  t.same(notes.get('jpeg_inside.png'), ['JPEG data in a .png file']);
  t.same(notes.get('400x400.png'), []);
  const cmyk = pictures.get('cmyk.jpg');
  const upright = pictures.get('progressive.jpg');
  if (cmyk && upright) {
    let sum = 0;
    for (let i = 0; i < cmyk.data.length; i++) sum += Math.abs(cmyk.data[i] - upright.data[i]);
    t.ok(sum / cmyk.data.length < 25, `CMYK looks like its RGB original (mean ${sum / cmyk.data.length})`);
  }
});

/** 2x1 pixels: red half transparent, blue opaque. */
const redAndBlue = Buffer.from([200, 0, 0, 128, 0, 0, 100, 255]);
const rgba = () => sharp(redAndBlue, { raw: { width: 2, height: 1, channels: 4 } });

t.test('alpha is dropped, blended or kept', async (t) => {
  const file = path.join(t.testdir(), 'a.png');
  await rgba().png().toFile(file);
  t.same([...(await read(file)).data], [200, 0, 0, 0, 0, 100]);
  t.same([...(await read(file, { background: 'keep' })).data], [...redAndBlue]);
  const white = await read(file, { background: '#ffffff' });
  t.same([...white.data].slice(3), [0, 0, 100]);
  t.ok(Math.abs(white.data[0] - 227) <= 1 && Math.abs(white.data[1] - 127) <= 1, 'half white');
  t.same((await sourceOf(file, { background: '#ffffff' })).notes, ['alpha blended over #ffffff']);
  t.equal((await sourceOf(file, { background: 'keep' })).channels, 4);
});

t.test('all six formats are recognised by content', async (t) => {
  const folder = t.testdir();
  const ramp = Buffer.from(Array.from({ length: 16 * 16 * 3 }, (_, i) => i % 200));
  const image = sharp(ramp, { raw: { width: 16, height: 16, channels: 3 } });
  for (const format of ['png', 'jpeg', 'webp', 'tiff', 'avif', 'gif'] as const) {
    const file = path.join(folder, `${format}-without-extension`);
    await image.clone().toFormat(format).toFile(file);
    const header = await probe(file);
    t.match(header, { ok: true, format, width: 16, height: 16, channels: 3 });
    t.equal((await read(file)).data.length, 768, format);
  }
});

t.test('other formats are named, not decoded', async (t) => {
  const folder = t.testdir({
    'a.svg': '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>',
    'a.pdf': '%PDF-1.7 ...',
    'a.bmp': `BM${'\0'.repeat(60)}`,
    'cut.png': Buffer.from('89504e470d0a1a0a0000', 'hex'),
  });
  const reason = async (name: string) => probe(path.join(folder, name));
  t.match(await reason('a.svg'), { ok: false, outcome: 'skipped', reason: /SVG is not supported/ });
  t.match(await reason('a.pdf'), { ok: false, outcome: 'skipped', reason: /PDF is not supported/ });
  t.match(await reason('a.bmp'), { ok: false, outcome: 'skipped', reason: /BMP is not supported/ });
  t.match(await reason('cut.png'), { ok: false, outcome: 'failed', reason: /truncated: the png header/ });
  t.match(await reason('none.png'), { ok: false, outcome: 'failed', reason: /missing/ });
  await sharp({ create: { width: 1200, height: 1000, channels: 3, background: 'red' } })
    .png()
    .toFile(path.join(folder, 'big.png'));
  t.match(await probe(path.join(folder, 'big.png'), { limit_pixels: 1_000_000 }), {
    ok: false,
    outcome: 'failed',
    reason: 'its header promises 1.2 megapixels (1200x1000), over the limit of 1.0 megapixels (limit_pixels)',
  });
});

t.test('ICC profiles: foreign ones are converted, sRGB is left alone', async (t) => {
  const folder = t.testdir();
  const raw = Buffer.from([200, 30, 30, 30, 200, 30, 12, 34, 56]);
  const image = sharp(raw, { raw: { width: 3, height: 1, channels: 3 } });
  const srgb = path.join(folder, 'srgb.png');
  const p3 = path.join(folder, 'p3.png');
  await image.clone().png().withIccProfile('srgb', { attach: true }).toFile(srgb);
  await image.clone().png().withIccProfile('p3', { attach: true }).toFile(p3);
  t.same((await sourceOf(srgb)).notes, []);
  t.same([...(await read(srgb)).data], [...raw], 'not one value moves');
  t.same((await sourceOf(p3)).notes, ['ICC profile converted to sRGB']);
  const back = [...(await read(p3)).data];
  t.ok(
    back.every((v, i) => Math.abs(v - raw[i]) <= 2),
    `${back}`,
  );
  t.notSame([...(await sharp(p3, { ignoreIcc: true }).raw().toBuffer())], [...raw]);
});

t.test('a damaged file is an error with place and remedy, never half a picture', async (t) => {
  const folder = t.testdir();
  const whole = await sharp(fixture('subimages', 'HR', 'cups.v2.png'))
    .jpeg()
    .toBuffer();
  for (const share of [0.3, 0.9, 0.999]) {
    const file = path.join(folder, `${share}.jpg`);
    writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
    await t.rejects(read(file), { code: 'IMAGE_UNREADABLE', place: { file }, message: /truncated/ });
  }
  const file = path.join(folder, 'changed.png');
  await rgba().png().toFile(file);
  const source = await sourceOf(file);
  await rgba().resize(4, 4).png().toFile(file);
  await t.rejects(readPixels(source), { message: /it is 4x4 now and was 2x1/ });
  mkdirSync(path.join(folder, 'gone'));
  await t.rejects(readPixels({ ...source, path: path.join(folder, 'gone', 'x.png') }), {
    message: /missing/,
  });
});

t.test('names that look like library options are names', async (t) => {
  const folder = t.testdir();
  for (const name of ['a.png[page=1]', '[x].png', 'b[1]', '%d.png', 'it\'s "q".png']) {
    const file = path.join(folder, name);
    writeFileSync(file, await rgba().png().toBuffer());
    t.equal((await read(file)).width, 2, name);
  }
});
