import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import t from 'tap';
import { bytesOf } from '../../src/images/bytes.js';
import type { Pixels } from '../../src/images/pixels.js';
import { psnr, ssim } from '../../src/metrics/index.js';
import { fixture } from '../root.js';

interface Golden {
  readonly pairs: readonly {
    readonly pair: string;
    readonly a: string;
    readonly b: string;
    readonly shape: readonly number[];
    readonly values: readonly {
      readonly crop_border: number;
      readonly test_y_channel: boolean;
      readonly psnr: number | 'Infinity';
      readonly ssim: number;
    }[];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(fixture('metrics', 'metrics.json'), 'utf8'));

async function read(name: string): Promise<Pixels> {
  const image = sharp(fixture('metrics', name)).toColourspace('srgb').removeAlpha().raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data: bytesOf(data), width: info.width, height: info.height, channels: 3, stride: info.width * 3 };
}

t.test('PSNR and SSIM are those of BasicSR', async (t) => {
  for (const { pair, a, b, shape, values } of golden.pairs) {
    const [one, other] = [await read(a), await read(b)];
    for (const expected of values) {
      const { crop_border } = expected;
      // BasicSR measures gray files as one channel, whatever is asked for.
      const test_y_channel = expected.test_y_channel && shape.length === 3;
      const options = { crop_border, test_y_channel };
      const name = `${pair}, border ${crop_border}${test_y_channel ? ', y' : ''}`;
      const wanted = Number(expected.psnr);
      const found = psnr(one, other, options);
      t.ok(found === wanted || Math.abs(found - wanted) < 1e-3, `${name}: ${found} dB is ${wanted} dB`);
      const similarity = ssim(one, other, options);
      t.ok(Math.abs(similarity - expected.ssim) < 1e-5, `${name}: ${similarity} is ${expected.ssim}`);
    }
  }
});

t.test('views and alpha', async (t) => {
  const [a, b] = [await read('jpeg_a.png'), await read('jpeg_b.png')];
  const withAlpha = (image: Pixels): Pixels => {
    const stride = image.width * 4 + 5;
    const data = new Uint8Array(stride * image.height).fill(77);
    for (let y = 0; y < image.height; y++)
      for (let x = 0; x < image.width; x++)
        data.set(
          image.data.subarray(y * image.stride + 3 * x, y * image.stride + 3 * x + 3),
          y * stride + 4 * x,
        );
    return { ...image, data, channels: 4, stride };
  };
  t.equal(psnr(withAlpha(a), b), psnr(a, b));
  t.equal(ssim(a, withAlpha(b)), ssim(a, b));
});

t.test('sizes that cannot be compared', async (t) => {
  const pixels = (width: number, height: number): Pixels => ({
    data: new Uint8Array(3 * width * height),
    width,
    height,
    channels: 3,
    stride: 3 * width,
  });
  t.throws(() => psnr(pixels(8, 8), pixels(8, 9)), { code: 'METRIC_SIZES', message: /8x8 and 8x9/ });
  t.throws(() => psnr(pixels(8, 8), pixels(8, 8), { crop_border: 4 }), { code: 'METRIC_SIZES' });
  t.throws(() => ssim(pixels(18, 18), pixels(18, 18), { crop_border: 4 }), { message: /10x10/ });
  t.equal(ssim(pixels(19, 19), pixels(19, 19), { crop_border: 4 }), 1);
});
