import { avif } from './avif/index.js';
import { blur } from './blur/index.js';
import { chromaSubsampling } from './chroma_subsampling/index.js';
import { color } from './color/index.js';
import type { Degradation } from './define.js';
import { dither } from './dither/index.js';
import { gaussianNoise } from './gaussian_noise/index.js';
import { halo } from './halo/index.js';
import { jpeg } from './jpeg/index.js';
import { pixelate } from './pixelate/index.js';
import { poissonNoise } from './poisson_noise/index.js';
import { quantize } from './quantize/index.js';
import { resize } from './resize/index.js';
import { saltAndPepper } from './salt_and_pepper/index.js';
import { scanline } from './scanline/index.js';
import { screentone } from './screentone/index.js';
import { shift } from './shift/index.js';
import { sinc } from './sinc/index.js';
import { speckleNoise } from './speckle_noise/index.js';
import { uniformNoise } from './uniform_noise/index.js';
import { usmSharpen } from './usm_sharpen/index.js';
import { webp } from './webp/index.js';

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
  avif,
  chroma_subsampling: chromaSubsampling,
  color,
  dither,
  pixelate,
  quantize,
  salt_and_pepper: saltAndPepper,
  scanline,
  screentone,
  shift,
  speckle_noise: speckleNoise,
  uniform_noise: uniformNoise,
  webp,
};

export const degradations: ReadonlyMap<string, Degradation> = new Map<string, Degradation>(
  Object.entries(operators),
);
