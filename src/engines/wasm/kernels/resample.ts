import { defineKernel, defineQuickKernel, floats } from './define.js';

type Shape4D = [number, number, number, number];

/** Visits the runs of values that depth-to-space moves as a whole: (offset in depth, offset in space, length). */
function eachRun(
  deep: Shape4D,
  block: number,
  visit: (deep: number, wide: number, length: number) => void,
): void {
  const [n, h, w, c] = deep;
  const length = c / block;
  for (let row = 0; row < n * h; row++)
    for (let by = 0; by < block; by++)
      for (let column = 0; column < w; column++)
        visit((row * w + column) * c + by * length, ((row * block + by) * w + column) * length, length);
}

const depthToSpace = defineQuickKernel('DepthToSpace', (backend, { x }, { blockSize, dataFormat }) => {
  if (dataFormat !== 'NHWC') return undefined;
  const block = blockSize as number;
  const [n, h, w, c] = x!.shape as Shape4D;
  const result = backend.makeOutput([n, h * block, w * block, c / (block * block)], 'float32');
  const source = floats(backend, x!);
  const target = floats(backend, result);
  eachRun([n, h, w, c], block, (deep, wide, length) => {
    for (let i = 0; i < length; i++) target[wide + i] = source[deep + i]!;
  });
  return result;
});

/** The inverse of DepthToSpace, and its gradient. */
const spaceToDepth = defineKernel('SpaceToDepth', (backend, { x }, { blockSize }) => {
  const block = blockSize as number;
  const [n, h, w, c] = x!.shape as Shape4D;
  const deep: Shape4D = [n, h / block, w / block, c * block * block];
  const result = backend.makeOutput(deep, 'float32');
  const source = floats(backend, x!);
  const target = floats(backend, result);
  eachRun(deep, block, (to, wide, length) => {
    for (let i = 0; i < length; i++) target[to + i] = source[wide + i]!;
  });
  return result;
});

/** The whole factor by which an image is enlarged; undefined when it is not a plain repetition of pixels. */
function wholeFactor(
  small: Shape4D,
  large: Shape4D,
  attributes: Record<string, unknown>,
): number | undefined {
  const factor = large[1] / small[1];
  const plain = !attributes.alignCorners && !attributes.halfPixelCenters;
  return plain && Number.isInteger(factor) && large[2] === small[2] * factor ? factor : undefined;
}

const nearest = defineQuickKernel('ResizeNearestNeighbor', (backend, { images }, attributes) => {
  const [n, h, w, c] = images!.shape as Shape4D;
  const [height, width] = attributes.size as [number, number];
  const factor = wholeFactor([n, h, w, c], [n, height, width, c], attributes);
  if (!factor) return undefined;
  const result = backend.makeOutput([n, height, width, c], 'float32');
  const source = floats(backend, images!);
  const target = floats(backend, result);
  const row = width * c;
  for (let y = 0; y < n * h; y++) {
    const begin = y * factor * row;
    for (let x = 0; x < width; x++) {
      const from = (y * w + Math.floor(x / factor)) * c;
      for (let i = 0; i < c; i++) target[begin + x * c + i] = source[from + i]!;
    }
    for (let copy = 1; copy < factor; copy++) target.copyWithin(begin + copy * row, begin, begin + row);
  }
  return result;
});

/** The sum of each block of pixels: the gradient of enlarging by repetition. */
const blockSum = defineKernel('BlockSum', (backend, { x }, { blockSize }) => {
  const block = blockSize as number;
  const [n, height, width, c] = x!.shape as Shape4D;
  const small: Shape4D = [n, height / block, width / block, c];
  const result = backend.makeOutput(small, 'float32');
  const source = floats(backend, x!);
  const target = floats(backend, result).fill(0);
  for (let y = 0; y < n * height; y++)
    for (let column = 0; column < width; column++) {
      const from = (y * width + column) * c;
      const to = (Math.floor(y / block) * small[2] + Math.floor(column / block)) * c;
      for (let i = 0; i < c; i++) target[to + i]! += source[from + i]!;
    }
  return result;
});

export const resample = [depthToSpace, spaceToDepth, nearest, blockSum];
