import type { Rng } from '../../random/rng.js';
import type { Range } from '../range.js';
import { type Options, weighted } from './options.js';

type Round = { readonly size: number; readonly sigma: number };
type Turned = { readonly size: number; readonly sigma: Range; readonly angle: number };
type Shaped = { readonly beta: number };

/** Sizes, sigmas, length and radius in pixels; angle in degrees; omega in radians per pixel. */
export type Params =
  | ({ readonly kernel: 'iso' } & Round)
  | ({ readonly kernel: 'aniso' } & Turned)
  | ({ readonly kernel: 'generalized_iso' | 'plateau_iso' } & Round & Shaped)
  | ({ readonly kernel: 'generalized_aniso' | 'plateau_aniso' } & Turned & Shaped)
  | { readonly kernel: 'sinc'; readonly size: number; readonly omega: number }
  | { readonly kernel: 'box' | 'median'; readonly size: number }
  | { readonly kernel: 'motion'; readonly length: number; readonly angle: number }
  | { readonly kernel: 'lens'; readonly radius: number };

/** One of the odd numbers of a range with odd ends. */
export const drawOdd = (rng: Rng, [least, most]: Range): number => least + 2 * rng.int(0, (most - least) / 2);

/** Smaller sinc kernels get no cut-off below pi / 3: they could not hold its wave. */
const smallSinc = 13;

/**
 * The draws of Real-ESRGAN's data set for one kernel. Every family takes the same number of draws, so that a
 * change of weights or ranges leaves the others as they were.
 */
export function sample(rng: Rng, options: Options): Params {
  const size = drawOdd(rng, options.size);
  const sinc = rng.chance(options.sinc_prob);
  const family = rng.choice(
    weighted,
    weighted.map((name) => options.kernels[name]),
  );
  const sigma: Range = [rng.uniform(...options.sigma), rng.uniform(...options.sigma)];
  const angle = rng.uniform(...options.angle);
  const half = rng.chance(0.5);
  const within = rng.uniform();
  const omega = rng.uniform(Math.PI / (size < smallSinc ? 3 : 5), Math.PI);
  const length = rng.uniform(...options.length);
  const radius = rng.uniform(...options.radius);
  const betag = shape(options.betag, half, within);
  const betap = shape(options.betap, half, within);

  const kernel = sinc ? 'sinc' : family;
  switch (kernel) {
    case 'iso':
      return { kernel, size, sigma: sigma[0] };
    case 'aniso':
      return { kernel, size, sigma, angle };
    case 'generalized_iso':
      return { kernel, size, sigma: sigma[0], beta: betag };
    case 'generalized_aniso':
      return { kernel, size, sigma, angle, beta: betag };
    case 'plateau_iso':
      return { kernel, size, sigma: sigma[0], beta: betap };
    case 'plateau_aniso':
      return { kernel, size, sigma, angle, beta: betap };
    case 'sinc':
      return { kernel, size, omega };
    case 'motion':
      return { kernel, length, angle };
    case 'lens':
      return { kernel, radius };
    default:
      return { kernel, size };
  }
}

/** U(low, 1) or U(1, high) with equal chance; U(low, high) when 1 is not in the range. */
function shape([low, high]: Range, below: boolean, u: number): number {
  if (low > 1 || high < 1) return low + u * (high - low);
  return below ? low + u * (1 - low) : 1 + u * (high - 1);
}
