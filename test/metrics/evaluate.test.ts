import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { evaluateFolders, meanOf } from '../../src/metrics/evaluate.js';
import { matchNames } from '../../src/metrics/match-names.js';
import { fixture } from '../root.js';

t.test('which pictures go together', async (t) => {
  const matched = (gts: string[], srs: string[]) =>
    matchNames(gts, srs).pairs.map(({ gt, sr }) => `${gt} ${sr}`);
  t.same(matched(['0001.png', '0002.png'], ['0001.jpg', '0002_out.png']), [
    '0001.png 0001.jpg',
    '0002.png 0002_out.png',
  ]);
  t.same(matched(['a.png', 'a_b.png'], ['a_b_out.png', 'a_out.png']), [
    'a.png a_out.png',
    'a_b.png a_b_out.png',
  ]);
  t.same(matched(['a.png'], ['a_out.png', 'a.png']), ['a.png a.png']);
  t.same(matched(['1.png'], ['10.png']), []);
  t.same(matchNames(['a.png', 'b.png'], ['a.png', 'c.png']).lonely, { gt: ['b.png'], sr: ['c.png'] });
});

t.test('folders', async (t) => {
  const base = mkdtempSync(path.join(tmpdir(), 'esrgan-evaluate-'));
  const [gt, sr] = [path.join(base, 'gt'), path.join(base, 'sr')];
  mkdirSync(gt);
  mkdirSync(path.join(sr, 'folder'), { recursive: true });
  const put = (folder: string, name: string, from: string) =>
    copyFileSync(fixture('metrics', from), path.join(folder, name));
  put(gt, 'jpeg.png', 'jpeg_a.png');
  put(sr, 'jpeg_out.png', 'jpeg_b.png');
  put(gt, 'gray.png', 'gray_a.png');
  put(sr, 'gray.png', 'gray_b.png');
  put(gt, 'lonely.png', 'blur_a.png');
  put(gt, 'other-size.png', 'blur_a.png');
  put(sr, 'other-size.png', 'noise_a.png');
  writeFileSync(path.join(gt, 'broken.png'), 'GIF89a');
  put(sr, 'broken.png', 'noise_a.png');
  const found = [];
  for await (const one of evaluateFolders(gt, sr, { crop_border: 0, test_y_channel: true })) found.push(one);
  const pairs = found.flatMap((one) => ('psnr' in one ? [one] : []));
  t.same(
    pairs.map(({ name }) => name),
    ['gray', 'jpeg'],
  );
  // Gray files are measured as they are, colour ones by their luma.
  t.ok(Math.abs(pairs[0]!.psnr - 21.493655336193292) < 1e-3);
  t.ok(Math.abs(pairs[1]!.psnr - 34.210818546402486) < 1e-3);
  t.ok(Math.abs(pairs[1]!.ssim - 0.9740787261623891) < 1e-5);
  t.ok(Math.abs(meanOf(pairs).psnr - (pairs[0]!.psnr + pairs[1]!.psnr) / 2) < 1e-12);
  const left = found.flatMap((one) =>
    'reason' in one ? [`${path.relative(base, one.file)}: ${one.reason}`] : [],
  );
  t.match(left, [
    /^gt.broken\.png: damaged/,
    /^sr.other-size\.png: sizes differ/,
    /^gt.lonely\.png: has no counterpart/,
  ]);
  t.equal(left.length, 3);
  const first = async (a: string, b: string): Promise<unknown> => evaluateFolders(a, b).next();
  await t.rejects(first(gt, path.join(base, 'none')), { code: 'EVALUATE_FOLDER' });
  await t.rejects(first(gt, path.join(sr, 'folder')), { code: 'EVALUATE_NONE' });
});
