import { inMemory } from './memory.js';

/** Position that a reflection at the first and last pixel (neither repeated) leads to, however far outside. */
export function reflected(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((position % period) + period) % period;
  return within < length ? within : period - within;
}

/** Size of planes and of their reflected borders on each side. */
export interface Borders {
  readonly width: number;
  readonly height: number;
  readonly planes: number;
  readonly across: number;
  readonly down: number;
}

/** Copies planes into larger ones with reflected borders. */
export function reflectPlanes(source: Float32Array, out: Float32Array, borders: Borders): void {
  const { width, height, planes, across, down } = borders;
  const plane = 4 * (width + 2 * across) * (height + 2 * down);
  const done = inMemory(out, [source], (kernels, to, from) => {
    for (let p = 0; p < planes; p++) {
      kernels.reflectInto(from + 4 * p * width * height, width, height, to + p * plane, across, down);
    }
  });
  if (!done) reflectPlanesPlain(source, out, borders);
}

/** The same without WebAssembly. */
export function reflectPlanesPlain(source: Float32Array, out: Float32Array, borders: Borders): void {
  const { width, height, planes, across, down } = borders;
  const row = width + 2 * across;
  const rows = height + 2 * down;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < rows; y++) {
      const from = (plane * height + reflected(y - down, height)) * width;
      out.set(source.subarray(from, from + width), (plane * rows + y) * row + across);
    }
  }
  reflectColumnsPlain(out, width, across, planes * rows);
}

/** Fills `radius` values on both sides of rows whose `width` middle values are set. */
export function reflectColumns(rows: Float32Array, width: number, radius: number, count: number): void {
  const done = inMemory(rows, [], (kernels, at) =>
    kernels.reflectColumns(at + 4 * radius, width, radius, count),
  );
  if (!done) reflectColumnsPlain(rows, width, radius, count);
}

/** The same without WebAssembly. */
export function reflectColumnsPlain(rows: Float32Array, width: number, radius: number, count: number): void {
  const step = width + 2 * radius;
  for (let y = 0; y < count; y++) {
    const at = y * step + radius;
    for (let x = 1; x <= radius; x++) {
      rows[at - x] = rows[at + reflected(-x, width)];
      rows[at + width - 1 + x] = rows[at + reflected(width - 1 + x, width)];
    }
  }
}
