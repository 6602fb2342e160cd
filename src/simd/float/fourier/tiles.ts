import { inMemory, withScratch } from '../memory.js';
import { filterTilesPlain } from './tiles-plain.js';
import { spanOf, type TilesJob, type Tiling, tilesOf } from './tiling.js';
import { twiddlesOf } from './twiddles.js';

/** The kernel with its centre at the first value of a tile, and what lies before it at the other end. */
function wrapped(weights: Float32Array, { width, height, radius }: Tiling): Float32Array {
  const edge = 2 * radius + 1;
  const kernel = new Float32Array(width * height);
  weights.forEach((weight, i) => {
    const x = ((i % edge) - radius + width) % width;
    const y = (Math.floor(i / edge) - radius + height) % height;
    kernel[y * width + x] = weight;
  });
  return kernel;
}

/** Sums of a symmetric kernel by Fourier transforms; two tiles at a time, which do not influence one another. */
export function filterTiles(job: TilesJob): void {
  const { tiling, source, weights, out, width } = job;
  const { width: tileWidth, height: tileHeight, left, radius } = tiling;
  const rowBytes = 4 * spanOf(tiling).width;
  const tiles = tilesOf(job);
  const kernel = wrapped(weights, tiling);
  const down = twiddlesOf(tileHeight).table;
  const across = twiddlesOf(tileWidth).table;
  const spectrumBytes = 4 * tileWidth * tileHeight;
  const factor = 1 / (tileWidth * tileHeight);
  let done = false;
  withScratch(3 * spectrumBytes + 32 * tileWidth, (spectrum) => {
    const room = spectrum + spectrumBytes;
    done = inMemory(out, [source, kernel, down, across], (kernels, to, at, start, columnTable, rowTable) => {
      kernels.spectrumOf(start, tileWidth, tileHeight, factor, columnTable, rowTable, room, spectrum);
      for (let i = 0; i < tiles.length; i += 2) {
        const pair = tiles.slice(i, i + 2);
        const [a, b] = [pair[0], pair[1] ?? pair[0]].map(({ from }) => at + 4 * from);
        kernels.filterTiles(a, b, rowBytes, tileWidth, tileHeight, spectrum, columnTable, rowTable, room);
        const most = Math.max(...pair.map((tile) => tile.width));
        kernels.finishTiles(room, tileHeight, left, most, columnTable, 4 * down.length);
        pair.forEach((tile, k) => {
          const place = to + 4 * tile.to;
          kernels.storeTile(
            room,
            tileHeight,
            left,
            radius,
            16 * k,
            place,
            4 * width,
            tile.width,
            tile.height,
          );
        });
      }
    });
  });
  if (!done) filterTilesPlain(job, tiles, kernel);
}
