import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { view } from '../../src/images/view.js';
import {
  createResampler,
  type Image,
  type Mode,
  resampleImage,
  resampleScalar,
  type Size,
} from '../../src/simd/index.js';
import { instantiate } from '../../src/simd/kernels.js';
import { lanczosTaps } from '../../src/simd/taps.js';
import { difference, hash, json, read } from '../images/pictures.js';
import fc from '../properties.js';
import { fixture, root } from '../root.js';
import type { Work } from './worker.js';

const MODES: readonly Mode[] = ['fast', 'pillow'];
const PAGE = 65536;

const shared = (pages: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

/** Noise with runs of black and white, which overshoot. */
function noise(
  width: number,
  height: number,
  channels: 3 | 4,
  seed: number,
  stride = width * channels,
): Image {
  let state = seed | 1;
  const data = Uint8Array.from({ length: stride * (height - 1) + width * channels }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    const value = state >>> 24;
    return value < 60 ? 0 : value > 200 ? 255 : value;
  });
  return { data, width, height, channels, stride };
}

/** Whether the plane holds that image; wipes it out. */
function holds(bytes: Uint8Array, offset: number, stride: number, image: Image): boolean {
  for (let y = 0; y < image.height; y++) {
    const row = bytes.subarray(offset + y * stride, offset + y * stride + image.stride);
    if (Buffer.compare(row, image.data.subarray(y * image.stride, (y + 1) * image.stride)) !== 0)
      return false;
    row.fill(WIPED);
  }
  return true;
}

const WIPED = 0xa5;

t.test('the kernels give the bytes of the plain version, and touch nothing else', async (t) => {
  const memory = shared(16);
  t.ok(instantiate(memory), 'this machine runs the kernels');
  const bytes = new Uint8Array(memory.buffer);
  const resampler = createResampler(memory);
  const side = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 130 }));
  const gap = fc.integer({ min: 0, max: 9 });
  const cases = fc.record({
    from: fc.tuple(side, side),
    to: fc.array(fc.tuple(side, side, gap, gap), { minLength: 1, maxLength: 3 }),
    channels: fc.constantFrom<3 | 4>(3, 4),
    mode: fc.constantFrom(...MODES),
    gaps: fc.tuple(gap, gap),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(cases, ({ from: [width, height], to, channels, mode, gaps, seed }) => {
      const image = noise(width, height, channels, seed, width * channels + gaps[0]);
      // The source ends with the memory, so that reading beyond it would trap.
      const source = { ...image, offset: bytes.length - image.data.length };
      let end = 64;
      const targets = to.map(([w, h, before, between]) => {
        const target = { offset: end + before, width: w, height: h, stride: w * channels + between };
        end = target.offset + target.stride * h;
        return target;
      });
      const scratch = { offset: end + gaps[1], bytes: resampler.scratchBytes(source, targets, mode) };
      bytes.fill(WIPED);
      bytes.set(image.data, source.offset);
      resampler.resample(source, targets, scratch, mode);
      return (
        targets.every((target) =>
          holds(
            bytes,
            target.offset,
            target.stride,
            resampleScalar(image, target.width, target.height, mode),
          ),
        ) &&
        Buffer.compare(bytes.subarray(source.offset), image.data) === 0 &&
        bytes.subarray(0, scratch.offset).every((byte) => byte === WIPED) &&
        bytes.subarray(scratch.offset + scratch.bytes, source.offset).every((byte) => byte === WIPED)
      );
    }),
    { numRuns: 150 },
  );
});

t.test('sizes far apart', async (t) => {
  for (const mode of MODES)
    for (const [from, to] of [
      [
        [1, 1],
        [70, 90],
      ],
      [
        [600, 500],
        [1, 1],
      ],
      [
        [1200, 3],
        [1100, 2],
      ],
      [
        [3, 1500],
        [2, 31],
      ],
      [
        [2000, 1],
        [333, 1],
      ],
      [
        [1, 700],
        [1, 699],
      ],
    ]) {
      const image = noise(from[0], from[1], from[0] % 2 ? 4 : 3, 7);
      const [width, height] = to;
      t.ok(
        Buffer.compare(
          resampleImage(image, width, height, mode).data,
          resampleScalar(image, width, height, mode).data,
        ) === 0,
        `${mode} ${from.join('x')} to ${width}x${height}`,
      );
    }
});

t.test('photographs as the original scripts resize them', async (t) => {
  interface Manifest {
    readonly folders: {
      readonly DF2K_multiscale: readonly { name: string; w: number; h: number; sha256: string }[];
    };
  }
  const { folders } = json<Manifest>(fixture('subimages', 'manifest.json'));
  let compared = 0;
  for (const { name, w, h, sha256 } of folders.DF2K_multiscale) {
    if (!/T\d\.png$/.test(name)) continue;
    const source = await read(fixture('subimages', 'HR', name.replace(/T\d\.png$/, '.png')));
    const pillow = resampleImage(source, w, h, 'pillow');
    t.equal(hash(pillow), sha256, name);
    const fast = difference(resampleImage(source, w, h, 'fast'), pillow);
    t.ok(fast.psnr >= 53 && fast.mean <= 0.3, `${name}: within the pass mark`);
    t.ok(fast.psnr >= 70 && fast.max <= 1, `${name}: hardly any value differs (${fast.psnr} dB)`);
    compared++;
  }
  t.equal(compared, 12);
});

t.test('two threads in one memory', async (t) => {
  const memory = shared(128);
  const bytes = new Uint8Array(memory.buffer);
  const image = noise(701, 463, 3, 5);
  bytes.set(image.data);
  const { scratchBytes } = createResampler(memory);
  let end = image.data.length;
  const take = (size: number): number => {
    end += size;
    return end - size;
  };
  const jobs = (
    [
      [525, 347],
      [233, 154],
    ] as const
  ).map((size) =>
    MODES.map((mode) => {
      const target = { width: size[0], height: size[1], offset: take(size[0] * size[1] * 3) };
      const scratch = scratchBytes(image, target, mode);
      return { target, mode, scratch: { offset: take(scratch), bytes: scratch } };
    }),
  );
  t.ok(end <= bytes.length);
  await Promise.all(
    jobs.map(async (own) => {
      const workerData: Work = { memory, source: { ...image, offset: 0 }, jobs: own, times: 20 };
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
      t.same(await once(worker, 'message'), ['done']);
      await once(worker, 'exit');
    }),
  );
  for (const { target, mode } of jobs.flat()) {
    const { data } = resampleScalar(image, target.width, target.height, mode);
    const made = bytes.subarray(target.offset, target.offset + data.length);
    t.equal(Buffer.compare(made, data), 0, `${mode} ${target.width}x${target.height}`);
  }
});

t.test('the upper end of 4 GiB', async (t) => {
  const memory = shared(PAGE);
  const image = noise(90, 70, 3, 3);
  const resampler = createResampler(memory);
  const size: Size = { width: 45, height: 52 };
  const bytes = resampler.scratchBytes(image, size, 'fast');
  const scratch = { offset: 2 ** 32 - bytes, bytes };
  const source = { ...image, offset: scratch.offset - image.data.length };
  const target = { ...size, offset: source.offset - 45 * 52 * 3 };
  new Uint8Array(memory.buffer, source.offset).set(image.data);
  resampler.resample(source, target, scratch, 'fast');
  const made = new Uint8Array(memory.buffer, target.offset, 45 * 52 * 3);
  t.equal(Buffer.compare(made, resampleScalar(image, 45, 52, 'fast').data), 0);
});

t.test('without shared memory, the same bytes', async (t) => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const image = noise(50, 40, 4, 9);
  new Uint8Array(memory.buffer).set(image.data);
  const target = { offset: 30_000, width: 31, height: 27 };
  createResampler(memory).resample({ ...image, offset: 0 }, target, { offset: 0, bytes: 0 }, 'fast');
  const made = new Uint8Array(memory.buffer, target.offset, 31 * 27 * 4);
  t.equal(Buffer.compare(made, resampleImage(image, 31, 27, 'fast').data), 0);
});

t.test('places outside the memory are refused', async (t) => {
  const resampler = createResampler(shared(1));
  const source = { offset: 0, width: 20, height: 20, channels: 3 } as const;
  const target = { offset: 2000, width: 10, height: 10 };
  const scratch = { offset: 4096, bytes: resampler.scratchBytes(source, target, 'fast') };
  resampler.resample(source, target, scratch, 'fast');
  const refused = { name: 'RangeError' };
  t.throws(() => resampler.resample({ ...source, offset: PAGE - 1199 }, target, scratch, 'fast'), refused);
  t.throws(() => resampler.resample({ ...source, offset: -1 }, target, scratch, 'fast'), refused);
  t.throws(() => resampler.resample(source, { ...target, width: 0 }, scratch, 'fast'), refused);
  t.throws(() => resampler.resample(source, { ...target, offset: PAGE }, scratch, 'fast'), refused);
  t.throws(() => resampler.resample(source, target, { ...scratch, bytes: scratch.bytes - 1 }, 'fast'), {
    name: 'RangeError',
    message: /bytes of scratch memory/,
  });
  t.throws(() => resampler.resample(source, target, { ...scratch, offset: PAGE - 64 }, 'fast'), refused);
});

t.test('images of their own: views, the same size, flat areas', async (t) => {
  const whole = noise(60, 50, 3, 11);
  const part = view(whole, 7, 5, 41, 33);
  for (const mode of MODES) {
    t.same(resampleImage(part, 20, 30, mode), resampleScalar(part, 20, 30, mode), `${mode} of a view`);
    const same = resampleImage(part, 41, 33, mode);
    t.equal(same.stride, 123);
    t.same([...same.data.subarray(123, 246)], [...part.data.subarray(180, 303)]);
    const flat = { ...whole, data: new Uint8Array(whole.data.length).fill(201) };
    t.ok(
      [
        [33, 77],
        [59, 49],
        [7, 5],
      ].every(([w, h]) => resampleImage(flat, w, h, mode).data.every((v) => v === 201)),
      `${mode} keeps flat areas flat`,
    );
  }
  const { weights, size, length } = lanczosTaps(1275, 400, 'fast');
  const sums = Array.from({ length }, (_, i) =>
    weights.subarray(i * size, (i + 1) * size).reduce((a, b) => a + b),
  );
  t.ok(
    sums.every((sum) => sum === 2 ** 14),
    'weights make exactly one',
  );
});

t.test('the compiled kernels are those of the source', async (t) => {
  const script = path.join(root, 'scripts', 'build-simd.mjs');
  t.doesNotThrow(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }));
});
