import type { FloatImage } from './define.js';

/** Weights of red and blue in the luma: ITU-R BT.601, BT.709 and BT.2020. */
export const matrices = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

export type Matrix = keyof typeof matrices;

export const matrixNames = ['bt601', 'bt709', 'bt2020'] as const satisfies readonly Matrix[];

/** RGB to luma in [0, 1] and the two chroma in [-0.5, 0.5], in place (full range). */
export function toLumaChroma({ data }: FloatImage, matrix: Matrix): void {
  const [kr, kb] = matrices[matrix];
  const plane = data.length / 3;
  for (let i = 0; i < plane; i++) {
    const red = data[i];
    const blue = data[i + 2 * plane];
    const luma = kr * red + (1 - kr - kb) * data[i + plane] + kb * blue;
    data[i] = luma;
    data[i + plane] = (blue - luma) / (2 - 2 * kb);
    data[i + 2 * plane] = (red - luma) / (2 - 2 * kr);
  }
}

/** The way back, clamped to [0, 1]. */
export function toRgb({ data }: FloatImage, matrix: Matrix): void {
  const [kr, kb] = matrices[matrix];
  const plane = data.length / 3;
  for (let i = 0; i < plane; i++) {
    const luma = data[i];
    const blue = luma + (2 - 2 * kb) * data[i + plane];
    const red = luma + (2 - 2 * kr) * data[i + 2 * plane];
    data[i] = clamp(red);
    data[i + plane] = clamp((luma - kr * red - kb * blue) / (1 - kr - kb));
    data[i + 2 * plane] = clamp(blue);
  }
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
