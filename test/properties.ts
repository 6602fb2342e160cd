import fc from 'fast-check';

/**
 * Properties are tried on the same cases every time, so that a failure comes from a change and not from luck.
 * `ESRGAN_TEST_SEED` takes other cases: a number, or `random`.
 */
const { ESRGAN_TEST_SEED: seed = '1' } = process.env;
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

export default fc;
