import type { FloatImage } from '../define.js';
import type { Quantizer } from '../quantizer.js';

/** Share of the error that the pixel at (dx, dy) from the current one gets, in parts of `of`. */
interface Diffusion {
  readonly of: number;
  readonly shares: readonly (readonly [dx: number, dy: number, part: number])[];
}

/** A row of parts, from dx = `from` on. */
function row(dy: number, from: number, ...parts: number[]): [number, number, number][] {
  return parts.map((part, i) => [from + i, dy, part]);
}

/** Error diffusion by its authors' names. */
export const diffusions = {
  floyd_steinberg: { of: 16, shares: [...row(0, 1, 7), ...row(1, -1, 3, 5, 1)] },
  jarvis_judice_ninke: {
    of: 48,
    shares: [...row(0, 1, 7, 5), ...row(1, -2, 3, 5, 7, 5, 3), ...row(2, -2, 1, 3, 5, 3, 1)],
  },
  stucki: {
    of: 42,
    shares: [...row(0, 1, 8, 4), ...row(1, -2, 2, 4, 8, 4, 2), ...row(2, -2, 1, 2, 4, 2, 1)],
  },
  /** Hands on three quarters of the error only. */
  atkinson: { of: 8, shares: [...row(0, 1, 1, 1), ...row(1, -1, 1, 1, 1), ...row(2, 0, 1)] },
  burkes: { of: 32, shares: [...row(0, 1, 8, 4), ...row(1, -2, 2, 4, 8, 4, 2)] },
  sierra: { of: 32, shares: [...row(0, 1, 5, 3), ...row(1, -2, 2, 4, 5, 4, 2), ...row(2, -1, 2, 3, 2)] },
  sierra_two_row: { of: 16, shares: [...row(0, 1, 4, 3), ...row(1, -2, 1, 2, 3, 2, 1)] },
  sierra_lite: { of: 4, shares: [...row(0, 1, 2), ...row(1, -1, 1, 1)] },
} as const satisfies Record<string, Diffusion>;

export type DiffusionName = keyof typeof diffusions;

/** Row by row from the left, in place: what a pixel's colour is off by is handed on to pixels not yet reached. */
export function diffuse(image: FloatImage, name: DiffusionName, quantize: Quantizer): void {
  const { width, height, data } = image;
  const plane = width * height;
  const { of, shares }: Diffusion = diffusions[name];
  const colour = new Float64Array(3);
  const error = new Float64Array(3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      // Errors that no colour can make good must not pile up.
      for (let c = 0; c < 3; c++) colour[c] = Math.min(2, Math.max(-1, data[at + c * plane]));
      error.set(colour);
      quantize(colour);
      for (let c = 0; c < 3; c++) {
        error[c] -= colour[c];
        data[at + c * plane] = colour[c];
      }
      for (const [dx, dy, part] of shares) {
        if (x + dx < 0 || x + dx >= width || y + dy >= height) continue;
        const to = at + dy * width + dx;
        for (let c = 0; c < 3; c++) data[to + c * plane] += (error[c] * part) / of;
      }
    }
  }
}
