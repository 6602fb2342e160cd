import { blur } from './blur/index.js';
import type { Degradation } from './define.js';
import { gaussianNoise } from './gaussian_noise/index.js';
import { halo } from './halo/index.js';
import { jpeg } from './jpeg/index.js';
import { poissonNoise } from './poisson_noise/index.js';
import { resize } from './resize/index.js';
import { sinc } from './sinc/index.js';
import { usmSharpen } from './usm_sharpen/index.js';

/** The operators that a pipeline file may name, by that name. */
export const operators = {
  blur,
  gaussian_noise: gaussianNoise,
  poisson_noise: poissonNoise,
  jpeg,
  resize,
  halo,
  sinc,
  usm_sharpen: usmSharpen,
};

export const degradations: ReadonlyMap<string, Degradation> = new Map<string, Degradation>(
  Object.entries(operators),
);
