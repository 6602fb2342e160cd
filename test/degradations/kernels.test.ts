import { readFileSync } from 'node:fs';
import t from 'tap';
import { besselRatio } from '../../src/degradations/blur/bessel.js';
import { blur } from '../../src/degradations/blur/index.js';
import {
  bivariateWeights,
  discWeights,
  gaussianRow,
  type Profile,
  roundWeights,
  sincWeights,
} from '../../src/degradations/blur/kernels.js';
import { motionWeights } from '../../src/degradations/blur/motion.js';
import { rotation } from '../../src/degradations/blur/rotation.js';
import type { FloatImage, Json } from '../../src/degradations/define.js';
import { filter2d } from '../../src/degradations/filter2d.js';
import { reflected } from '../../src/degradations/reflect.js';
import { sinc } from '../../src/degradations/sinc/index.js';
import { createRng } from '../../src/random/rng.js';
import { readNpy } from '../npy.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { constantImage, context, maxDifference, randomImage } from './images.js';

const info = { id: 'a', width: 64, height: 64, scale: 4 };
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
const copy = (image: FloatImage): FloatImage => ({ ...image, data: image.data.slice() });

interface KernelCase {
  readonly family: string;
  readonly file?: string;
  readonly kernel_size: number;
  readonly sigma_x: number;
  readonly sigma_y: number;
  readonly theta: number;
  readonly beta?: number;
  readonly cutoff: number;
}

function weightsFor(k: KernelCase): Float64Array {
  const { family, kernel_size: size, sigma_x, sigma_y, theta, beta, cutoff } = k;
  if (family === 'sinc') return sincWeights(size, cutoff);
  const [first, shape = first] = family.split('_');
  const profile: Profile = first === 'generalized' || first === 'plateau' ? first : 'gaussian';
  if (shape === 'iso') return roundWeights(profile, size, sigma_x, beta);
  return bivariateWeights(profile, size, sigma_x, sigma_y, theta, beta);
}

/** Centred in a square of `edge`, zeros around it. */
function padded(weights: Float64Array, edge: number): Float64Array {
  const size = Math.sqrt(weights.length);
  const margin = (edge - size) / 2;
  const made = new Float64Array(edge * edge);
  weights.forEach((w, i) => {
    made[(Math.floor(i / size) + margin) * edge + (i % size) + margin] = w;
  });
  return made;
}

t.test('all kernels of BasicSR, in float64', async (t) => {
  const cases: Record<'kernels' | 'other_sizes', KernelCase[]> = JSON.parse(
    readFileSync(fixture('kernels', 'kernels.json'), 'utf8'),
  );
  const { data } = readNpy<Float64Array>(fixture('kernels', 'kernels_f64.npy'));
  t.equal(cases.kernels.length, 59);
  cases.kernels.forEach((k, index) => {
    if (k.family === 'pulse') return;
    const difference = maxDifference(
      padded(weightsFor(k), 21),
      data.subarray(index * 441, (index + 1) * 441),
    );
    t.ok(difference < 1e-13, `${index} ${k.family} ${k.kernel_size}: ${difference}`);
    if (k.family !== 'iso') return;
    const row = gaussianRow(k.kernel_size, k.sigma_x);
    const product = weightsFor(k).map((_, i) => row[Math.floor(i / row.length)] * row[i % row.length]);
    t.ok(maxDifference(product, weightsFor(k)) < 1e-7, 'separable');
  });
  for (const k of cases.other_sizes) {
    const expected = readNpy<Float64Array>(fixture('kernels', k.file ?? '')).data;
    const difference = maxDifference(weightsFor(k), expected);
    t.ok(difference < 1e-13, `${k.file}: ${difference}`);
  }
});

t.test('special functions against tables and identities', async (t) => {
  // Abramowitz and Stegun, table 9.1, and the zeros of J1.
  const table: [number, number][] = [
    [0.5, 0.242268457674874],
    [1, 0.440050585744934],
    [5, -0.327579137591465],
    [10, 0.0434727461688614],
    [3.83170597020751, 0],
    [7.01558666981562, 0],
  ];
  for (const [x, expected] of table) t.ok(Math.abs(besselRatio(x) * x - expected) < 2e-14, `J1(${x})`);
  t.equal(besselRatio(0), 0.5);
  t.ok(Math.abs(besselRatio(0.0009999) - besselRatio(0.0010001)) < 1e-10, 'no step between the two methods');
  for (let x = 0.01; x < 240; x *= 1.37) {
    // Bessel's integral by the trapezium rule, which converges geometrically.
    const n = 1000;
    const terms = Array.from({ length: n }, (_, k) => {
      const tau = (Math.PI * (k + 0.5)) / n;
      return Math.cos(tau - x * Math.sin(tau));
    });
    t.ok(Math.abs(besselRatio(x) * x - sum(terms) / n) < 1e-12, `J1(${x})`);
  }
  for (let theta = -7; theta < 7; theta += 0.173) {
    const { cos, sin } = rotation(theta);
    t.ok(Math.abs(cos - Math.cos(theta)) < 2e-15 && Math.abs(sin - Math.sin(theta)) < 2e-15, `${theta}`);
  }
  for (const quarters of [-3, -2, -1, 0, 1, 2, 3, 4]) {
    const { cos, sin } = rotation((quarters * Math.PI) / 2);
    t.ok(Math.abs(cos) + Math.abs(sin) === 1, 'exact');
  }
});

t.test('sigma 0 is a point for every family, whatever its shape', async (t) => {
  for (const profile of ['gaussian', 'generalized', 'plateau'] as const) {
    for (const beta of [0.5, 1, 2, 100]) {
      for (const weights of [
        roundWeights(profile, 7, 0, beta),
        bivariateWeights(profile, 7, 0, 0, 0.4, beta),
      ]) {
        t.ok(maxDifference(weights, padded(Float64Array.of(1), 7)) < 5e-8, `${profile} ${beta}`);
      }
    }
  }
  t.same([...gaussianRow(5, 0)], [0, 0, 1, 0, 0]);
  const flat = bivariateWeights('gaussian', 7, 0, 2, 0);
  t.ok(
    flat.every((w, i) => (i % 7 === 3 ? w > 0 : w === 0)),
    'one sigma 0: a line',
  );
});

t.test('box, disc and line', async (t) => {
  t.same([...discWeights(0)], [1]);
  t.same([...discWeights(0.5)], [1]);
  const disc = discWeights(2);
  t.equal(disc.length, 25);
  t.ok(Math.abs(disc[10] / disc[12] - 0.5) < 1e-12, 'half a weight at distance r');
  t.ok(Math.abs(disc[6] - disc[12]) < 1e-12, 'inside');
  t.equal(disc[0], 0, 'outside');
  const area = 1 / discWeights(9.3)[9 * 21 + 9 + 1];
  t.ok(Math.abs(area / (Math.PI * 9.3 ** 2) - 1) < 0.01, `${area}`);

  t.same([...motionWeights(0, 1)], [1]);
  t.same([...motionWeights(1, 0)], [1]);
  const third = 1 / 3;
  t.same([...motionWeights(3, 0)], [0, 0, 0, third, third, third, 0, 0, 0], 'horizontal');
  t.same([...motionWeights(3, Math.PI / 2)], [0, third, 0, 0, third, 0, 0, third, 0], 'vertical');
  const diagonal = motionWeights(9, Math.PI / 4);
  t.ok(diagonal[0] === 0 && diagonal[10] > 0.1, 'clockwise: right and down');
  t.ok(
    diagonal.every((w, i) => (Math.floor(i / 9) === i % 9 ? w >= 0 : w < 1e-12)),
    'nothing beside the diagonal',
  );
  for (const length of [0.3, 1.7, 4, 9.5]) {
    for (let theta = -3; theta < 3; theta += 0.37) {
      const weights = motionWeights(length, theta);
      t.ok(Math.abs(sum(weights) - 1) < 1e-12 && weights.every((w) => w >= 0));
      const turned = motionWeights(length, theta + Math.PI / 2);
      const size = Math.sqrt(weights.length);
      const rotated = weights.map((_, i) => turned[(i % size) * size + size - 1 - Math.floor(i / size)]);
      t.ok(maxDifference(weights, rotated) < 1e-12, `${length} turned`);
    }
  }
});

/** Median by sorting every window. */
function plainMedian(image: FloatImage, size: number): Float32Array {
  const { width, height, data } = image;
  const radius = size >> 1;
  return data.map((_, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const plane = Math.floor(i / (width * height));
    const window: number[] = [];
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        window.push(data[(plane * height + reflected(y + dy, height)) * width + reflected(x + dx, width)]);
      }
    }
    return window.sort((a, b) => a - b)[(size * size) >> 1];
  });
}

t.test('median is that of every window', async (t) => {
  const size = fc.integer({ min: 1, max: 24 });
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      fc.constantFrom(1, 3, 5, 9),
      fc.constantFrom(2, 7, 1e9),
      fc.string(),
      async (width, height, edge, levels, seed) => {
        const image = randomImage(width, height, seed);
        image.data.forEach((v, i) => {
          image.data[i] = Math.floor(v * levels) / levels - 0.2;
        });
        const expected = plainMedian(image, edge);
        const made = await blur.apply(image, { kernel: 'median', size: edge }, context(image));
        return maxDifference(made.data, expected) === 0;
      },
    ),
    { numRuns: 60 },
  );
  const large = randomImage(70, 45);
  const expected = plainMedian(large, 21);
  const made = await blur.apply(large, { kernel: 'median', size: 21 }, context(large));
  t.equal(maxDifference(made.data, expected), 0);
});

t.test('each family is applied with its own kernel', async (t) => {
  const image = randomImage(33, 29);
  const degrees = 35;
  const theta = (degrees * Math.PI) / 180;
  const cases: [Parameters<typeof blur.apply>[1], Float64Array][] = [
    [{ kernel: 'iso', size: 9, sigma: 1.3 }, roundWeights('gaussian', 9, 1.3)],
    [
      { kernel: 'aniso', size: 9, sigma: [1.3, 3], angle: degrees },
      bivariateWeights('gaussian', 9, 1.3, 3, theta),
    ],
    [
      { kernel: 'generalized_iso', size: 9, sigma: 1.3, beta: 3 },
      bivariateWeights('generalized', 9, 1.3, 1.3, 0, 3),
    ],
    [
      { kernel: 'generalized_aniso', size: 11, sigma: [1.3, 2], angle: degrees, beta: 0.6 },
      bivariateWeights('generalized', 11, 1.3, 2, theta, 0.6),
    ],
    [
      { kernel: 'plateau_iso', size: 9, sigma: 1.3, beta: 1.5 },
      bivariateWeights('plateau', 9, 1.3, 1.3, 0, 1.5),
    ],
    [
      { kernel: 'plateau_aniso', size: 11, sigma: [1.3, 2], angle: degrees, beta: 1 },
      bivariateWeights('plateau', 11, 1.3, 2, theta, 1),
    ],
    [{ kernel: 'sinc', size: 13, omega: 1.2 }, sincWeights(13, 1.2)],
    [{ kernel: 'box', size: 5 }, new Float64Array(25).fill(1 / 25)],
    [{ kernel: 'motion', length: 8, angle: degrees }, motionWeights(8, theta)],
    [{ kernel: 'lens', radius: 3.4 }, discWeights(3.4)],
  ];
  for (const [params, weights] of cases) {
    const made = await blur.apply(copy(image), params, context(image));
    const size = Math.sqrt(weights.length);
    const expected = copy(image);
    filter2d(expected, { size, weights: Float32Array.from(weights) }, context(image).image);
    const difference = maxDifference(made.data, expected.data);
    t.ok(difference < 1e-5, `${params.kernel}: ${difference}`);
    t.ok(maxDifference(made.data, image.data) > 0.01, 'and does something');
    const reach = blur.reach?.(params, image, context(image)) ?? 0;
    t.ok(reach >= size >> 1 && reach <= (size >> 1) + 1, `reach ${reach}`);
  }
  const ringing = await sinc.apply(copy(image), { size: 13, omega: 1.2 }, context(image));
  const same = await blur.apply(copy(image), { kernel: 'sinc', size: 13, omega: 1.2 }, context(image));
  t.equal(maxDifference(ringing.data, same.data), 0, 'sinc is the same filter');
});

const published = {
  kernels: {
    iso: 0.45,
    aniso: 0.25,
    generalized_iso: 0.12,
    generalized_aniso: 0.03,
    plateau_iso: 0.12,
    plateau_aniso: 0.03,
  },
  sinc_prob: 0.1,
};

/** Whether a count agrees with a probability within four standard errors. */
const agrees = (count: number, n: number, p: number) =>
  Math.abs(count / n - p) <= 4 * Math.sqrt((p * (1 - p)) / n);

/** The same for the mean and the thirds of a uniform distribution. */
function uniform(values: readonly number[], low: number, high: number): boolean {
  const n = values.length;
  const mean = sum(values) / n;
  const thirds = [0, 1, 2].map(
    (third) => values.filter((v) => Math.floor((3 * (v - low)) / (high - low)) === third).length,
  );
  const within = values.every((v) => v >= low && v < high);
  const spread = (high - low) / Math.sqrt(12 * n);
  return (
    within && Math.abs(mean - (low + high) / 2) <= 4 * spread && thirds.every((c) => agrees(c, n, 1 / 3))
  );
}

t.test('blur: 20,000 draws with the published probabilities', async (t) => {
  const n = 20_000;
  const options = blur.options.parse(published);
  const drawn = Array.from({ length: n }, (_, i) => blur.sample(createRng(`blur ${i}`), options, info));
  const counts = new Map<string, number>();
  for (const { kernel } of drawn) counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
  t.ok(agrees(counts.get('sinc') ?? 0, n, 0.1), 'sinc');
  for (const [kernel, weight] of Object.entries(published.kernels)) {
    t.ok(agrees(counts.get(kernel) ?? 0, n, 0.9 * weight), `${kernel}: ${counts.get(kernel)}`);
  }
  t.equal(counts.size, 7);

  const sizes = drawn.flatMap((p) => ('size' in p ? [p.size] : []));
  for (const size of [7, 9, 11, 13, 15, 17, 19, 21]) {
    t.ok(agrees(sizes.filter((s) => s === size).length, n, 1 / 8), `size ${size}`);
  }
  const sigmas = drawn.flatMap((p) => ('sigma' in p ? [p.sigma].flat() : []));
  t.ok(uniform(sigmas, 0.2, 3), 'sigma');
  const pairs = drawn.flatMap((p) => ('angle' in p && 'sigma' in p ? [p.sigma] : []));
  t.ok(agrees(pairs.filter(([x, y]) => x > y).length, pairs.length, 0.5), 'two sigmas');
  t.ok(
    uniform(
      drawn.flatMap((p) => ('angle' in p ? [p.angle] : [])),
      -180,
      180,
    ),
    'angle',
  );

  const betas = (family: string) =>
    drawn.flatMap((p) => ('beta' in p && p.kernel.startsWith(family) ? [p.beta] : []));
  const generalized = betas('generalized');
  const below = generalized.filter((b) => b < 1);
  t.ok(agrees(below.length, generalized.length, 0.5), 'beta below 1');
  t.ok(uniform(below, 0.5, 1), 'U(0.5, 1)');
  t.ok(
    uniform(
      generalized.filter((b) => b >= 1),
      1,
      4,
    ),
    'U(1, 4)',
  );
  const plateau = betas('plateau');
  t.ok(agrees(plateau.filter((b) => b === 1).length, plateau.length, 0.5), 'beta 1');
  t.ok(
    uniform(
      plateau.filter((b) => b !== 1),
      1,
      2,
    ),
    'U(1, 2)',
  );

  for (const size of [7, 9, 11, 13, 15, 17, 19, 21]) {
    const cutoffs = drawn.flatMap((p) => (p.kernel === 'sinc' && p.size === size ? [p.omega] : []));
    t.ok(uniform(cutoffs, Math.PI / (size < 13 ? 3 : 5), Math.PI), `cut-off at size ${size}`);
    t.ok(cutoffs.some((omega) => omega < Math.PI / 3) === size >= 13, 'below pi / 3 from size 13');
  }
});

t.test('blur: draws do not depend on the weights of the families', async (t) => {
  const one = blur.options.parse({ kernels: { iso: 1 } });
  const other = blur.options.parse({ kernels: { iso: 1, lens: 5, motion: 2 }, sinc_prob: 0.3, length: 4 });
  for (let i = 0; i < 50; i++) {
    const after = (options: typeof one) => {
      const rng = createRng(`${i}`);
      const params = blur.sample(rng, options, info);
      return { params, next: rng.uniform() };
    };
    const [a, b] = [after(one), after(other)];
    t.equal(a.next, b.next);
    if (b.params.kernel === 'iso') t.same(a.params, b.params);
  }
});

t.test('blur: options', async (t) => {
  const draw = (given: object, seed = 'a') => blur.sample(createRng(seed), blur.options.parse(given), info);
  t.match(draw({}), { kernel: 'iso' });
  t.match(draw({ sinc_prob: 1 }), { kernel: 'sinc' });
  const above = draw({ kernels: { generalized_aniso: 1 }, betag: [2, 4] });
  t.ok('beta' in above && above.beta >= 2 && above.beta < 4, 'a range without 1 is drawn from as a whole');
  t.match(draw({ kernels: { generalized_iso: 1 }, betag: 0.7, sigma: 1, size: 9 }), {
    size: 9,
    sigma: 1,
    beta: 0.7,
  });
  t.same(draw({ kernels: { motion: 1 }, length: 5, angle: 30 }), { kernel: 'motion', length: 5, angle: 30 });
  t.same(draw({ kernels: { lens: 1 }, radius: 2.5 }), { kernel: 'lens', radius: 2.5 });
  const bad: [object, RegExp][] = [
    [{ size: [7, 10] }, /odd/],
    [{ size: 4 }, /odd/],
    [{ sigma: [3, 1] }, /backwards: write \[1, 3\]/],
    [{ betap: [2, 1] }, /backwards/],
    [{ betag: 0 }, /./],
    [{ kernels: { iso: 0 } }, /every kernel has weight 0/],
    [{ kernels: { isoo: 1 } }, /isoo/],
    [{ sigmas: 1 }, /sigmas/],
    [{ sinc_prob: 1.1 }, /./],
  ];
  for (const [given, message] of bad) {
    t.match(
      JSON.stringify(blur.options.safeParse(given).error?.issues ?? ''),
      message,
      JSON.stringify(given),
    );
  }
  t.same(
    blur.options.parse(blur.options.parse(published)),
    blur.options.parse(published),
    'parsed options are valid input',
  );
});

t.test('sinc: draws', async (t) => {
  const n = 20_000;
  const options = sinc.options.parse({});
  const drawn = Array.from({ length: n }, (_, i) => sinc.sample(createRng(`sinc ${i}`), options, info));
  for (const size of [7, 9, 11, 13, 15, 17, 19, 21]) {
    t.ok(agrees(drawn.filter((p) => p.size === size).length, n, 1 / 8), `size ${size}`);
  }
  t.ok(
    uniform(
      drawn.map(({ omega }) => omega),
      Math.PI / 3,
      Math.PI,
    ),
  );
  t.notOk(sinc.options.safeParse({ omega: 0 }).success);
  t.notOk(sinc.options.safeParse({ omega: 4 }).success);
  t.notOk(sinc.options.safeParse({ size: 8 }).success);
});

t.test('every family on awkward images: finite, constants stay, the same after JSON', async (t) => {
  const all = Object.fromEntries(
    ['iso', 'aniso', 'generalized_iso', 'generalized_aniso', 'plateau_iso', 'plateau_aniso'].map((f) => [
      f,
      1,
    ]),
  );
  const options = blur.options.parse({
    kernels: { ...all, box: 1, motion: 1, lens: 1, median: 1 },
    sinc_prob: 0.1,
    size: [1, 21],
    sigma: [0, 4],
    length: [0, 20],
    radius: [0, 9],
  });
  const side = fc.integer({ min: 1, max: 15 });
  await fc.assert(
    fc.asyncProperty(fc.string(), side, side, async (seed, width, height) => {
      const params = blur.sample(createRng(seed), options, info);
      const revived: typeof params = JSON.parse(JSON.stringify(params));
      const ctx = context({ width, height });
      const made = await blur.apply(randomImage(width, height), params, ctx);
      const again = await blur.apply(randomImage(width, height), revived, ctx);
      const flat = await blur.apply(constantImage(width, height, 0.3), params, ctx);
      t.same(revived as Json, params as Json);
      t.ok(made.width === width && made.height === height && made.data.every(Number.isFinite));
      t.equal(maxDifference(made.data, again.data), 0);
      t.ok(maxDifference(flat.data, constantImage(width, height, 0.3).data) < 2e-6, JSON.stringify(params));
    }),
    { numRuns: 300 },
  );
});
