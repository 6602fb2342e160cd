/**
 * What the compiler tells the author of a plug-in; checked by `npm run typecheck`, never run. Each line below an
 * expected error must not compile.
 */
import {
  type Degradation,
  type DegradationContext,
  defineDegradation,
  type FloatImage,
  fillNormal,
  filter2d,
  filterSeparable,
  type Primitives,
  type Rng,
  resample,
  type SampleInfo,
  z,
} from '../../src/degradation.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(equal: Equal<A, B>): boolean => equal;

const options = z.strictObject({
  strength: z.tuple([z.number(), z.number()]).default([0.1, 0.4]),
  colour: z.boolean().default(false),
});
const keep = (image: FloatImage): FloatImage => image;

/** Options, parameters and context are inferred: nothing has to be annotated. */
export const grain = defineDegradation({
  name: 'film_grain',
  options,
  sample(rng, given, info) {
    same<typeof rng, Rng>(true);
    same<typeof given, { strength: [number, number]; colour: boolean }>(true);
    same<typeof info, SampleInfo>(true);
    // @ts-expect-error: there is no such option
    given.strenght;
    // @ts-expect-error: the size is not the operator's to change
    info.width = 3;
    return { strength: rng.uniform(...given.strength), seed: rng.seed() };
  },
  apply(image, params, ctx) {
    same<typeof image, FloatImage>(true);
    same<typeof params, { strength: number; seed: string }>(true);
    same<typeof ctx, DegradationContext>(true);
    // @ts-expect-error: nothing called gain was drawn
    params.gain;
    // @ts-expect-error: sizes of an image do not change; ask the context for another image
    image.width = 3;
    same<typeof ctx.simd, Primitives>(true);
    // @ts-expect-error: a kernel of that name does not exist
    ctx.simd.sharpen(image);
    // @ts-expect-error: a generator needs a seed
    ctx.rng();
    const noise = ctx.rng(params.seed);
    const out = ctx.image(image.width, image.height);
    for (let i = 0; i < image.data.length; i++)
      out.data[i] = (image.data[i] ?? 0) + params.strength * noise.normal();
    return out;
  },
  reach: () => 0,
});

/** It fits wherever an operator is asked for. */
export const asOperator: Degradation<z.infer<typeof options>, { strength: number; seed: string }> = grain;

/** Without anything drawn, and asynchronous. */
export const still = defineDegradation({
  name: 'still',
  options: z.strictObject({}),
  sample: () => null,
  apply: async (image) => image,
});

/** The kernels of the built-in operators take what an operator has at hand. */
export const soft = defineDegradation({
  name: 'soft',
  options: z.strictObject({}),
  sample: () => null,
  apply(image, _params, ctx) {
    filterSeparable(image, new Float32Array([0.25, 0.5, 0.25]), ctx.image);
    filter2d(image, { size: 1, weights: new Float32Array([1]) }, ctx.image);
    fillNormal(ctx.rng('seed'), ctx.image(4, 4).data);
    // @ts-expect-error: a filter of that name does not exist
    resample(image, ctx.gt, 'sharpest', ctx.image);
    ctx.simd.filterSeparable(image, new Float32Array([0.25, 0.5, 0.25]));
    ctx.simd.fillNormal(ctx.rng('seed'), image.data);
    // @ts-expect-error: a filter of that name does not exist
    ctx.simd.resample(image, ctx.gt, 'sharpest');
    // @ts-expect-error: values, not images
    ctx.simd.clamp(image);
    const other = resample(image, ctx.gt, 'bicubic', ctx.image);
    ctx.simd.mix(image.data, other.data, other.data);
    return ctx.simd.resample(image, ctx.gt, 'bicubic');
  },
});

/** Any Standard Schema will do. */
export const own = defineDegradation({
  name: 'own_schema',
  options: {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value: unknown) => ({ value: Number(value) }),
      types: undefined as { readonly input: unknown; readonly output: number } | undefined,
    },
  },
  sample: (_rng, level) => {
    same<typeof level, number>(true);
    return { level };
  },
  apply: keep,
});

defineDegradation({
  name: 'a_date',
  options,
  // @ts-expect-error: a date is not plain JSON
  sample: () => ({ at: new Date() }),
  apply: keep,
});

defineDegradation({
  name: 'a_function',
  options,
  // @ts-expect-error: a function is not plain JSON
  sample: () => ({ noise: () => 1 }),
  apply: keep,
});

defineDegradation({
  name: 'bytes',
  options,
  sample: () => null,
  // @ts-expect-error: images are float32, not bytes
  apply: (image) => ({ width: image.width, height: image.height, data: new Uint8Array(3) }),
});

defineDegradation({
  name: 'in_place',
  options,
  sample: () => null,
  // @ts-expect-error: the image has to be returned, also when it was changed in place
  apply: (image) => void image.data.fill(0),
});

// @ts-expect-error: a name is needed
defineDegradation({ options, sample: () => null, apply: keep });

// @ts-expect-error: sample is needed, even when nothing is drawn
defineDegradation({ name: 'no_sample', options, apply: keep });

// @ts-expect-error: options are a schema, not a value
defineDegradation({ name: 'values', options: { strength: 1 }, sample: () => null, apply: keep });

defineDegradation({
  name: 'far',
  options,
  sample: () => ({ radius: 3 }),
  apply: keep,
  // @ts-expect-error: only what was drawn can be asked for
  reach: ({ size }) => size,
});

defineDegradation({
  name: 'smaller',
  options,
  sample: () => ({ factor: 0.5 }),
  apply: keep,
  // @ts-expect-error: a size has a height too
  size: ({ factor }, input) => ({ width: input.width * factor }),
});

interface Interface {
  readonly strength: number;
}

defineDegradation({
  name: 'interface',
  options,
  // @ts-expect-error: an interface is not known to be plain JSON; write `type Interface = { ... }`
  sample: (): Interface => ({ strength: 1 }),
  apply: keep,
});
