import { spanOf, type Tile, type TilesJob, type Tiling } from './tiling.js';
import { backward, type Column, forward, newColumn } from './transform-plain.js';
import { type Twiddles, twiddlesOf } from './twiddles.js';

/** The same bits without WebAssembly. */
export function filterTilesPlain(job: TilesJob, tiles: readonly Tile[], kernel: Float32Array): void {
  const { tiling, source, out, width } = job;
  const down = twiddlesOf(tiling.height);
  const across = twiddlesOf(tiling.width);
  const factor = Math.fround(1 / (tiling.width * tiling.height));
  const both = newColumn(kernel.length);
  both.real.set(kernel);
  eachColumn(both, tiling, down, forward);
  eachRow(both, tiling, across, forward);
  const spectrum = both.real.map((value) => value * factor);
  const row = spanOf(tiling).width;
  for (let i = 0; i < tiles.length; i += 2) {
    const pair = tiles.slice(i, i + 2);
    const [a, b] = [pair[0], pair[1] ?? pair[0]];
    for (let y = 0; y < tiling.height; y++) {
      for (let x = 0; x < tiling.width; x++) {
        both.real[y * tiling.width + x] = source[a.from + y * row + x];
        both.imaginary[y * tiling.width + x] = source[b.from + y * row + x];
      }
    }
    eachColumn(both, tiling, down, forward);
    eachRow(both, tiling, across, forward);
    spectrum.forEach((value, k) => {
      both.real[k] *= value;
      both.imaginary[k] *= value;
    });
    eachRow(both, tiling, across, backward);
    eachColumn(both, tiling, down, backward);
    pair.forEach((tile, k) => {
      const values = k === 0 ? both.real : both.imaginary;
      for (let y = 0; y < tile.height; y++) {
        const from = (y + tiling.radius) * tiling.width + tiling.left;
        out.set(values.subarray(from, from + tile.width), tile.to + y * width);
      }
    });
  }
}

type Transform = (column: Column, twiddles: Twiddles) => void;

function eachRow({ real, imaginary }: Column, { width }: Tiling, twiddles: Twiddles, work: Transform): void {
  for (let at = 0; at < real.length; at += width) {
    work({ real: real.subarray(at, at + width), imaginary: imaginary.subarray(at, at + width) }, twiddles);
  }
}

function eachColumn({ real, imaginary }: Column, tiling: Tiling, twiddles: Twiddles, work: Transform): void {
  const { width, height } = tiling;
  const column = newColumn(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      column.real[y] = real[y * width + x];
      column.imaginary[y] = imaginary[y * width + x];
    }
    work(column, twiddles);
    for (let y = 0; y < height; y++) {
      real[y * width + x] = column.real[y];
      imaginary[y * width + x] = column.imaginary[y];
    }
  }
}
