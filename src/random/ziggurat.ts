import { fixedExp, fixedLog } from './fixed-math.js';

/*
 * Tables of the ziggurat of Marsaglia and Tsang (2000) for the normal density exp(-x^2/2) with 256 layers of
 * equal area. Layer and value come from different bits of a draw, as Doornik (2005) asks for.
 */
const layers = 256;
const area = 0.004928673233974655;

/** Where the tail begins. */
export const tailStart = 3.654152885361009;
/** Draws are integers in [-range, range) plus one half. */
export const range = 2 ** 23;

/** Right edge of each layer, from the base (whose edge is that of a rectangle of its area) to the top. */
const edges = new Float64Array(layers + 1);
/** Density at the edges. */
export const densities = new Float64Array(layers + 1);
/** A draw times this is the deviate. */
export const widths = new Float64Array(layers);
/** A draw whose magnitude is below this lies under the curve for certain. */
export const safe = new Float64Array(layers);

const density = (x: number): number => fixedExp(-0.5 * x * x);

edges[0] = area / density(tailStart);
edges[1] = tailStart;
for (let i = 2; i < layers; i++) {
  edges[i] = Math.sqrt(-2 * fixedLog(area / edges[i - 1] + density(edges[i - 1])));
}
for (let i = 0; i <= layers; i++) densities[i] = density(edges[i]);
for (let i = 0; i < layers; i++) {
  widths[i] = edges[i] / range;
  safe[i] = (edges[i + 1] / edges[i]) * range;
}

/** The rare cases of a draw: the wedge between rectangle and curve, and the tail. NaN: draw again. */
export function zigguratEdge(layer: number, draw: number, uniform: () => number): number {
  const x = draw * widths[layer];
  if (layer > 0) {
    const height = densities[layer] + uniform() * (densities[layer + 1] - densities[layer]);
    return height < density(x) ? x : Number.NaN;
  }
  for (;;) {
    const beyond = -fixedLog(1 - uniform()) / tailStart;
    const y = -fixedLog(1 - uniform());
    if (2 * y > beyond * beyond) return x < 0 ? -(tailStart + beyond) : tailStart + beyond;
  }
}
