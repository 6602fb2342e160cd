/** Planar float32 image: `data.length / (width * height)` planes, rows top to bottom. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Keys' cubic convolution kernel with a = -0.5 (R. Keys, IEEE TASSP 29, 1981, eq. 15). */
function cubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}

/** Which inputs an output sample is made of. When shrinking, the kernel widens by the same factor (antialiasing). */
function taps(from: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const first = new Int32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const end = Math.min(from, Math.trunc(centre + 2 * stretch + 0.5));
    first[i] = begin;
    const w = Float64Array.from({ length: end - begin }, (_, k) =>
      cubic((begin + k + 0.5 - centre) / stretch),
    );
    const sum = w.reduce((a, b) => a + b, 0);
    return w.map((v) => v / sum);
  });
  return { first, weights };
}

/**
 * Bicubic resampling (a = -0.5) with antialiasing: the filter of Pillow's BICUBIC and of torch's
 * `interpolate(mode='bicubic', antialias=True)`. Values may overshoot [0, 1] near edges.
 */
export function bicubicResize(image: Planes, width: number, height: number): Planes {
  const planes = image.data.length / (image.width * image.height);
  const across = taps(image.width, width);
  const down = taps(image.height, height);
  const rows = new Float32Array(planes * image.height * width);
  for (let y = 0; y < planes * image.height; y++)
    for (let x = 0; x < width; x++) {
      const w = across.weights[x]!;
      const at = y * image.width + across.first[x]!;
      let sum = 0;
      for (let k = 0; k < w.length; k++) sum += w[k]! * image.data[at + k]!;
      rows[y * width + x] = sum;
    }
  const data = new Float32Array(planes * height * width);
  for (let p = 0; p < planes; p++)
    for (let y = 0; y < height; y++) {
      const w = down.weights[y]!;
      const from = (p * image.height + down.first[y]!) * width;
      const to = (p * height + y) * width;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < w.length; k++) sum += w[k]! * rows[from + k * width + x]!;
        data[to + x] = sum;
      }
    }
  return { width, height, data };
}
