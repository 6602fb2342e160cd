import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { convertWeights, writeWeights } from '../../src/formats/weights/index.js';
import { encode } from '../../src/images/encode.js';
import type { Pixels } from '../../src/images/pixels.js';
import { createNetwork, NetworkOptions, stateDict } from '../../src/networks/index.js';
import {
  type Enlarger,
  enlarge,
  enlargeBands,
  loadEnlarger,
  type UpscaledFile,
  type UpscaleOptions,
  upscaleFiles,
} from '../../src/upscale/index.js';
import { PngWriter } from '../../src/upscale/png-writer.js';
import { planTiles } from '../../src/upscale/tiles.js';
import fc from '../properties.js';
import { fixture, root } from '../root.js';

const folder = mkdtempSync(path.join(tmpdir(), 'esrgan-upscale-'));
// Engines take their time to start on a busy machine.
t.setTimeout(300_000);
let made = 0;
const fresh = (): string => path.join(folder, `${made++}`);
const sample = (name: string): string => path.join(root, 'datasets', 'sample', name);

function noise(width: number, height: number, channels: 3 | 4): Pixels {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state >> 16;
  });
  return { data, width, height, channels, stride: width * channels };
}

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Infinity;

/** Each pixel becomes the mean of its neighbours within `reach`, zero outside of the picture, repeated twice. */
function blurring(reach: number, multiple: number): Enlarger & { sizes: Set<string> } {
  const sizes = new Set<string>();
  return {
    name: 'blurring',
    scale: 2,
    multiple,
    sizes,
    async run(rgb, width, height) {
      sizes.add(`${width}x${height}`);
      const out = new Uint8Array(12 * width * height);
      for (let y = 0; y < 2 * height; y++)
        for (let x = 0; x < 2 * width; x++)
          for (let c = 0; c < 3; c++) {
            let sum = 0;
            for (let dy = -reach; dy <= reach; dy++)
              for (let dx = -reach; dx <= reach; dx++) {
                const [v, u] = [(y >> 1) + dy, (x >> 1) + dx];
                if (v >= 0 && v < height && u >= 0 && u < width) sum += rgb[3 * (v * width + u) + c]!;
              }
            out[3 * (2 * y * width + x) + c] = Math.round(sum / (2 * reach + 1) ** 2);
          }
      return out;
    },
    dispose: () => undefined,
  };
}

t.test('tiles cover a picture once, and windows reach far enough', async (t) => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 200 }),
    height: fc.integer({ min: 1, max: 200 }),
    multiple: fc.constantFrom(1, 2, 4),
    tile: fc.integer({ min: 0, max: 90 }),
    tile_pad: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(sizes, ({ width, height, multiple, tile, tile_pad }) => {
      const { rows, windowWidth, windowHeight } = planTiles(width, height, multiple, { tile, tile_pad });
      const covered = new Uint8Array(width * height);
      for (const part of rows.flat()) {
        for (let y = part.y; y < part.y + part.height; y++)
          for (let x = part.x; x < part.x + part.width; x++) covered[y * width + x]! += 1;
        const along = (start: number, length: number, seen: number, window: number, size: number): boolean =>
          seen % multiple === 0 &&
          window % multiple === 0 &&
          seen >= 0 &&
          seen + window <= Math.ceil(size / multiple) * multiple &&
          (seen === 0 || seen <= start - tile_pad) &&
          (seen + window >= size || seen + window >= start + length + tile_pad);
        if (!along(part.x, part.width, part.left, windowWidth, width)) return false;
        if (!along(part.y, part.height, part.top, windowHeight, height)) return false;
      }
      return covered.every((times) => times === 1);
    }),
    { numRuns: 300 },
  );
  t.same(planTiles(1000, 600, 1).windowWidth, 288);
});

t.test('tiles leave no seams where pads reach as far as the network', async (t) => {
  for (const [channels, multiple] of [
    [3, 1],
    [4, 2],
    [3, 4],
  ] as const) {
    const image = noise(75, 53, channels);
    const whole = await enlarge(blurring(3, multiple), image, { tile: 0 });
    t.same([whole.width, whole.height, whole.channels], [150, 106, channels]);
    const tiled = blurring(3, multiple);
    const seamless = await enlarge(tiled, image, { tile: 16, tile_pad: 3 });
    t.equal(difference(whole.data, seamless.data), 0);
    t.equal(tiled.sizes.size, 1, 'every window has the same size');
    const torn = await enlarge(blurring(3, multiple), image, { tile: 16, tile_pad: 0 });
    t.ok(difference(whole.data, torn.data) > 5, 'without pads there are seams');
  }
});

t.test('bands, one row of tiles at a time', async (t) => {
  const image = noise(20, 50, 3);
  const heights: number[] = [];
  const seen: string[] = [];
  const options = { tile: 16, tile_pad: 2, onTile: (done: number, of: number) => seen.push(`${done}/${of}`) };
  for await (const band of enlargeBands(blurring(1, 1), image, options)) heights.push(band.height);
  t.same(heights, [32, 32, 32, 4]);
  t.same([seen[0], seen.at(-1)], ['1/8', '8/8']);
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await t.rejects(enlarge(blurring(1, 1), image, { signal: abort.signal }), /enough/);
  const failing = (message: string): Enlarger => ({
    ...blurring(1, 1),
    run: () => Promise.reject(new RangeError(message)),
  });
  await t.rejects(enlarge(failing('Array buffer allocation failed'), image), {
    code: 'UPSCALE_MEMORY',
    message: /20x50/,
    remedy: /--tile/,
  });
  await t.rejects(enlarge(failing('no such kernel'), image), {
    name: 'RangeError',
    message: 'no such kernel',
  });
});

t.test('alpha is enlarged bilinearly, as OpenCV does', async (t) => {
  const image = noise(2, 1, 4);
  image.data[3] = 0;
  image.data[7] = 200;
  const { data } = await enlarge(blurring(0, 1), image);
  t.same(
    [3, 7, 11, 15].map((at) => data[at]),
    [0, 50, 150, 200],
  );
});

t.test('PNG files written in bands', async (t) => {
  for (const channels of [3, 4] as const) {
    const image = noise(700, 2000, channels);
    const file = fresh();
    const handle = await open(file, 'wx');
    const writer = await PngWriter.open(handle, image);
    for (let y = 0; y < image.height; y += 333) {
      const height = Math.min(333, image.height - y);
      const data = image.data.subarray(y * image.stride, (y + height) * image.stride);
      await writer.write({ ...image, height, data });
    }
    await writer.finish();
    await handle.close();
    const { data, info } = await sharp(file, { failOn: 'warning' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    t.same([info.width, info.height, info.channels], [700, 2000, channels]);
    t.equal(difference(data, image.data), 0);
  }
});

async function all(inputs: readonly string[], options: Partial<UpscaleOptions> = {}) {
  const out = options.out ?? fresh();
  const results: UpscaledFile[] = [];
  for await (const one of upscaleFiles(blurring(0, 1), inputs, { ...options, out })) results.push(one);
  return { out, results, names: readdirSync(out).sort() };
}

const decoded = async (file: string) => sharp(file).raw().toBuffer({ resolveWithObject: true });

t.test('files: formats, names, scales', async (t) => {
  const inputs = fresh();
  mkdirSync(inputs);
  const image = noise(12, 9, 3);
  writeFileSync(path.join(inputs, 'a.png'), await encode(image, 'png'));
  writeFileSync(path.join(inputs, 'b.jpg'), await encode(image, 'jpeg'));
  writeFileSync(path.join(inputs, 'c.tif'), await encode(image, 'tiff'));
  writeFileSync(path.join(inputs, '.hidden.png'), await encode(image, 'png'));
  const { out, results, names } = await all([inputs]);
  t.same(names, ['a_out.png', 'b_out.jpg', 'c_out.png']);
  t.match(results[0], { outcome: 'written', width: 24, height: 18, input: path.join(inputs, 'a.png') });
  const { data } = await decoded(path.join(out, 'a_out.png'));
  t.equal(difference(data, (await enlarge(blurring(0, 1), image)).data), 0);
  t.same((await sharp(path.join(out, 'b_out.jpg')).metadata()).format, 'jpeg');

  const again = await all([inputs], { out });
  t.same(
    again.results.map(({ outcome }) => outcome),
    ['kept', 'kept', 'kept'],
  );
  const before = statSync(path.join(out, 'a_out.png')).mtimeMs;
  const over = await all([path.join(inputs, 'a.png')], { out, overwrite: true });
  t.equal(over.results[0]?.outcome, 'written');
  t.ok(statSync(path.join(out, 'a_out.png')).mtimeMs >= before);

  const three = await all([inputs], { scale: 3, format: 'webp', suffix: '' });
  t.same(three.names, ['a.webp', 'b.webp', 'c.webp']);
  t.match((await decoded(path.join(three.out, 'a.webp'))).info, { width: 36, height: 27 });
  const half = await all([path.join(inputs, 'a.png')], { scale: 0.5 });
  t.match((await decoded(path.join(half.out, 'a_out.png'))).info, { width: 6, height: 5 });
});

t.test('files: alpha', async (t) => {
  const input = `${fresh()}.png`;
  const image = noise(8, 8, 4);
  writeFileSync(input, await encode(image, 'png'));
  const channels = async (options: Partial<UpscaleOptions>): Promise<number> => {
    const { out, names } = await all([input], options);
    return (await decoded(path.join(out, names[0]!))).info.channels;
  };
  t.equal(await channels({}), 4);
  t.equal(await channels({ alpha: 'drop' }), 3);
  t.equal(await channels({ alpha: '#ffffff' }), 3);
  t.equal(await channels({ format: 'jpg' }), 3);
  t.equal(await channels({ format: 'webp', scale: 1 }), 4);
});

t.test('files that cannot be used do not stop the others', async (t) => {
  const inputs = fresh();
  mkdirSync(inputs);
  const png = await encode(noise(60, 40, 3), 'png');
  writeFileSync(path.join(inputs, '1.png'), png.subarray(0, png.length / 2));
  writeFileSync(path.join(inputs, '2.png'), png);
  writeFileSync(path.join(inputs, '2.webp'), await encode(noise(60, 40, 3), 'webp'));
  writeFileSync(path.join(inputs, '3.txt'), 'words');
  writeFileSync(path.join(inputs, '4.png'), '');
  const { results, names } = await all([inputs], { format: 'png' });
  t.match(results, [
    { outcome: 'failed', reason: /truncated/ },
    { outcome: 'written' },
    { outcome: 'failed', reason: /its result would replace that of .*2\.png/ },
    { outcome: 'skipped', reason: /not an image/ },
    { outcome: 'failed', reason: /empty/ },
  ]);
  t.same(names, ['2_out.png'], 'no part of a file is left');
  const onto = await all([path.join(inputs, '2.png')], { out: inputs, suffix: '' });
  t.match(onto.results, [{ outcome: 'failed', reason: /would replace it/ }]);
  t.equal(difference(readFileSync(path.join(inputs, '2.png')), png), 0);
  const large = await all([path.join(inputs, '2.png')], { scale: 1000, format: 'webp' });
  t.match(large.results, [{ outcome: 'failed', reason: /60000x40000 is more than webp can hold/ }]);
  await t.rejects(all([path.join(inputs, 'none.png')]), { code: 'UPSCALE_INPUT', message: /none\.png/ });
  const empty = fresh();
  mkdirSync(empty);
  await t.rejects(all([empty]), { code: 'UPSCALE_INPUT', message: /empty/ });
});

t.test('a stop leaves nothing half written', async (t) => {
  const out = fresh();
  const abort = new AbortController();
  const onProgress = (): void => abort.abort();
  await t.rejects(all([sample('chelsea.png')], { out, tile: 64, signal: abort.signal, onProgress }), {
    name: 'AbortError',
  });
  t.same(readdirSync(out), []);
});

t.test('networks of files, and the same as ONNX', async (t) => {
  const weights = fixture('pth', 'net_g_10.pth');
  const onnx = `${fresh()}.onnx`;
  await convertWeights(weights, onnx);
  const image = noise(47, 31, 3);
  const network = await loadEnlarger(weights, { engine: 'wasm' });
  const model = await loadEnlarger(onnx);
  t.match(network, { name: 'SRVGGNetCompact', scale: 2, multiple: 1 });
  t.match(model, { scale: 2, multiple: 1 });
  const whole = await enlarge(network, image, { tile: 0 });
  t.ok(
    difference(whole.data, (await enlarge(network, image, { tile: 12, tile_pad: 4 })).data) <= 1,
    'no seams',
  );
  t.ok(difference(whole.data, (await enlarge(model, image, { tile: 0 })).data) <= 1, 'ONNX agrees');
  const params = await loadEnlarger(weights, { engine: 'wasm', key: 'params' });
  t.ok(difference(whole.data, (await enlarge(params, image)).data) > 1, 'the other weights are others');
  for (const one of [network, model, params]) await one.dispose();

  // Scale 2 folds the input: odd sizes are mirrored to even ones, also where a window ends.
  const folding = fixture('networks', 'rrdbnet_x2', 'params.safetensors');
  const foldingOnnx = `${fresh()}.onnx`;
  await convertWeights(folding, foldingOnnx);
  const [one, other] = [await loadEnlarger(folding, { engine: 'wasm' }), await loadEnlarger(foldingOnnx)];
  t.match([one.multiple, other.multiple], [2, 2]);
  const small = noise(21, 17, 3);
  const large = await enlarge(one, small);
  t.same([large.width, large.height], [42, 34]);
  t.ok(difference(large.data, (await enlarge(other, small)).data) <= 1);
  await other.dispose();
});

t.test('every generator enlarges as its ONNX model does, with the options that the file tells', async (t) => {
  await useEngine('wasm');
  const all = [
    { type: 'RRDBNet', scale: 1, num_feat: 6, num_block: 1, num_grow_ch: 4 },
    { type: 'RRDBNet', scale: 4, num_feat: 6, num_block: 1, num_grow_ch: 4 },
    { type: 'SRVGGNetCompact', upscale: 3, num_feat: 6, num_conv: 2, act_type: 'leakyrelu' },
    { type: 'MSRResNet', upscale: 3, num_feat: 6, num_block: 2 },
    { type: 'SPAN', upscale: 2, feature_channels: 6, img_range: 2, rgb_mean: [0.5, 0.4, 0.3] },
  ];
  const image = noise(24, 20, 3);
  for (const given of all) {
    const options = NetworkOptions.parse(given);
    const network = createNetwork(options, given.type);
    const file = `${fresh()}.pth`;
    const metadata = { network_g: JSON.stringify(options) };
    const params = await stateDict(network);
    network.dispose();
    // Fresh networks give nearly black pictures, which would all look alike.
    params.get('conv_last.weight')?.data.forEach((value, i, all) => {
      all[i] = 60 * value;
    });
    params.get('conv_last.bias')?.data.fill(0.5);
    await writeWeights(file, { sets: { params }, metadata });
    const onnx = `${fresh()}.onnx`;
    await convertWeights(file, onnx);
    const [one, other] = [await loadEnlarger(file, { engine: 'wasm' }), await loadEnlarger(onnx)];
    const [a, b] = [await enlarge(one, image), await enlarge(other, image)];
    t.equal(a.width, 24 * one.scale);
    t.ok(difference(a.data, b.data) <= 1, `${given.type} x${one.scale}`);
    t.ok(new Set(a.data).size > 20, 'and the picture is no plain one');
    await one.dispose();
    await other.dispose();
  }
});

t.test('files that are no model', async (t) => {
  const refuses = (file: string, code: string, message: RegExp): Promise<unknown> =>
    t.rejects(loadEnlarger(file), { code, message, place: { file } });
  await refuses(fixture('pth', 'net_d_10.pth'), 'MODEL_UNKNOWN', /UNetDiscriminatorSN \(discriminator\)/);
  await refuses(fixture('pth', 'views_and_dtypes.pth'), 'MODEL_UNKNOWN', /unknown network/);
  await refuses(fixture('pth', 'extra_key.pth'), 'NETWORK_WEIGHTS', /unexpected/);
  const averaged = fixture('networks', 'rrdbnet_x2', 'params.safetensors');
  await t.rejects(loadEnlarger(averaged, { key: 'params_ema' }), {
    code: 'WEIGHTS_KEY',
    message: /holds no params_ema, only params$/,
  });
  const text = `${fresh()}.onnx`;
  copyFileSync(sample('LICENSES.md'), text);
  await refuses(text, 'MODEL_UNKNOWN', /cannot be loaded/);
});
