import { inMemory, withScratch } from '../memory.js';
import { reflected } from '../reflect.js';
import { backward, forward, newColumn } from './transform-plain.js';
import { type Twiddles, twiddlesOf } from './twiddles.js';

/** A window of planes filtered along columns with reflected borders; columns and rows are exchanged. */
export interface ColumnsJob {
  readonly source: Float32Array;
  /** Size of the planes, and the window of them that sums are made for: 8 columns at least. */
  readonly from: { readonly width: number; readonly height: number };
  readonly window: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  readonly planes: number;
  /** An odd number of them, the same from both ends; the middle one meets the row of the sum. */
  readonly weights: Float32Array;
  /** `window.width` rows of `window.height` values each, plane by plane. */
  readonly out: Float32Array;
}

/** Sizes of transforms, and nanoseconds for each of their elements on one core, as measured. */
const costs = new Map([
  [64, 1.05],
  [128, 1.2],
  [256, 1.35],
  [512, 1.55],
]);
/** The same for a weight and value of a plain sum. */
const weightCost = 0.047;

/** The size of transforms with which columns of `height` values cost least, and those nanoseconds. */
function sizeFor(weights: number, height: number): { readonly size: number; readonly cost: number } {
  const all = [...costs].map(([size, each]) => {
    const useful = size - weights + 1;
    return { size, cost: useful < 8 ? Number.POSITIVE_INFINITY : each * size * Math.ceil(height / useful) };
  });
  return all.reduce((best, one) => (one.cost < best.cost ? one : best));
}

type Size = { readonly width: number; readonly height: number };

/** Whether transforms along columns, then rows, cost less than the sums; for symmetric weights only. */
export function longEnough(weights: Float32Array, { width, height }: Size): boolean {
  const count = weights.length;
  if (Math.min(width, height) < 8 || weights.some((w, i) => w !== weights[count - 1 - i])) return false;
  const first = (width + count - 1) * sizeFor(count, height).cost;
  const second = height * sizeFor(count, width).cost;
  return first + second < weightCost * count * height * (2 * width + count - 1);
}

/** The spectrum divided by the size, in the order of the places. */
function spectrumOf(weights: Float32Array, { size, frequencies, cosines }: Twiddles): Float32Array {
  const radius = weights.length >> 1;
  const factors = new Float32Array(size);
  for (let frequency = 0; frequency <= size / 2; frequency++) {
    let sum = weights[radius];
    for (let d = 1; d <= radius; d++) sum += 2 * weights[radius + d] * cosines[(d * frequency) & (size - 1)];
    factors[frequency] = sum / size;
    factors[(size - frequency) & (size - 1)] = factors[frequency];
  }
  const spectrum = new Float32Array(size);
  for (let place = 0; place < size; place++) spectrum[place] = factors[frequencies[place]];
  return spectrum;
}

export function filterColumns(job: ColumnsJob): void {
  const { source, from, window, planes, weights, out } = job;
  const twiddles = twiddlesOf(sizeFor(weights.length, window.height).size);
  const spectrum = spectrumOf(weights, twiddles);
  let done = false;
  withScratch(32 * twiddles.size + 128, (scratch) => {
    done = inMemory(out, [source, spectrum, twiddles.table], (kernels, to, at, factors, table) => {
      for (let p = 0; p < planes; p++) {
        kernels.filterColumns(
          at + 4 * (p * from.width * from.height + window.x),
          4 * from.width,
          from.height,
          window.width,
          window.y,
          window.height,
          weights.length >> 1,
          factors,
          table,
          twiddles.size,
          to + 4 * p * window.width * window.height,
          4 * window.height,
          scratch,
        );
      }
    });
  });
  if (!done) filterColumnsPlain(job, twiddles, spectrum);
}

/** Columns that are filtered side by side; the second half are the imaginary parts of the first one. */
const GROUP = 8;

/** The same bits without WebAssembly. */
function filterColumnsPlain(job: ColumnsJob, twiddles: Twiddles, spectrum: Float32Array): void {
  const { source, from, window, planes, weights, out } = job;
  const radius = weights.length >> 1;
  const useful = twiddles.size - 2 * radius;
  const columns = Array.from({ length: GROUP / 2 }, () => newColumn(twiddles.size));
  const bits = new Int32Array(source.buffer, source.byteOffset, source.length);
  for (let p = 0; p < planes; p++) {
    for (let x = 0; x < window.width; x += GROUP) {
      const left = Math.min(x, window.width - GROUP);
      for (let y = 0; y < window.height; y += useful) {
        let any = 0;
        for (let i = 0; i < twiddles.size; i++) {
          const row = p * from.height + reflected(window.y + y - radius + i, from.height);
          const at = row * from.width + window.x + left;
          columns.forEach(({ real, imaginary }, k) => {
            real[i] = source[at + k];
            imaginary[i] = source[at + k + GROUP / 2];
            any |= bits[at + k] | bits[at + k + GROUP / 2];
          });
        }
        const count = Math.min(useful, window.height - y);
        columns.forEach((column, k) => {
          if (any !== 0) filterColumn(column);
          for (const [i, values] of [column.real, column.imaginary].entries()) {
            const to = (p * window.width + left + k + (i * GROUP) / 2) * window.height + y;
            if (any === 0) out.fill(0, to, to + count);
            else out.set(values.subarray(radius, radius + count), to);
          }
        });
      }
    }
  }

  function filterColumn(column: ReturnType<typeof newColumn>): void {
    forward(column, twiddles);
    spectrum.forEach((factor, i) => {
      column.real[i] *= factor;
      column.imaginary[i] *= factor;
    });
    backward(column, twiddles);
  }
}
