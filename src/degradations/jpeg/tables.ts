/** Luminance quantisation of the JPEG standard (ITU-T T.81, table K.1), [vertical][horizontal] frequency. */
const luminance = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
];

/** Corner of the chrominance table K.2; 99 everywhere else. It is symmetric. */
const chrominance = [
  [17, 18, 24, 47],
  [18, 21, 26, 66],
  [24, 26, 56, 99],
  [47, 66, 99, 99],
];

/** As the model uses it: transposed. */
export const lumaTable = Float64Array.from({ length: 64 }, (_, i) => luminance[i & 7][i >> 3]);

export const chromaTable = Float64Array.from({ length: 64 }, (_, i) => chrominance[i >> 3]?.[i & 7] ?? 99);

/** What the tables are multiplied with: 5 at quality 10, 1 at 50, 0.1 at 95, 0 at 100. */
export function qualityFactor(quality: number): number {
  return quality < 50 ? 50 / quality : (200 - 2 * quality) / 100;
}

/** Steps of libjpeg's quality (whole, 1 to 100), [vertical][horizontal] frequency, whole numbers from 1 to 255. */
export function codecSteps(quality: number): { lumaSteps: Int32Array; chromaSteps: Int32Array } {
  const percent = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  const step = (entry: number) => Math.min(255, Math.max(1, Math.trunc((entry * percent + 50) / 100)));
  return {
    lumaSteps: Int32Array.from(luminance.flat(), step),
    chromaSteps: Int32Array.from(chromaTable, step),
  };
}
