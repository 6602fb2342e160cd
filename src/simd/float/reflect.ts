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

/** Planes as large as they must be, and where in them others begin. */
export interface Around {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

type Size = { readonly width: number; readonly height: number };

/** Copies three planes of a size into larger ones with reflected values around them. */
export function reflectAround(source: Float32Array, size: Size, out: Float32Array, around: Around): void {
  const { width, height, left, top } = around;
  const done = inMemory(out, [source], (kernels, to, from) => {
    for (let p = 0; p < 3; p++) {
      const start = from + 4 * p * size.width * size.height;
      const target = to + 4 * p * width * height;
      kernels.reflectAround(start, size.width, size.height, target, width, height, left, top);
    }
  });
  if (done) return;
  const columns = Int32Array.from({ length: width }, (_, x) => reflected(x - left, size.width));
  for (let p = 0, to = 0; p < 3; p++) {
    for (let y = 0; y < height; y++) {
      const row = (p * size.height + reflected(y - top, size.height)) * size.width;
      for (let x = 0; x < width; x++, to++) out[to] = source[row + columns[x]];
    }
  }
}

/** The same without WebAssembly. */
export function reflectPlanesPlain(source: Float32Array, out: Float32Array, borders: Borders): void {
  const { width, height, planes, across, down } = borders;
  const row = width + 2 * across;
  const rows = height + 2 * down;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < rows; y++) {
      const from = (plane * height + reflected(y - down, height)) * width;
      const to = (plane * rows + y) * row + across;
      out.set(source.subarray(from, from + width), to);
      for (let x = 1; x <= across; x++) {
        out[to - x] = source[from + reflected(-x, width)];
        out[to + width - 1 + x] = source[from + reflected(width - 1 + x, width)];
      }
    }
  }
}

/** Fills `down` rows above and below planes whose `height` middle rows are set. */
export function reflectRows(
  data: Float32Array,
  { width, height, planes, down }: Omit<Borders, 'across'>,
): void {
  const plane = width * (height + 2 * down);
  const done = inMemory(data, [], (kernels, at) => {
    for (let p = 0; p < planes; p++) {
      const start = at + 4 * p * plane;
      kernels.reflectInto(start + 4 * down * width, width, height, start, 0, down);
    }
  });
  if (!done) reflectRowsPlain(data, { width, height, planes, down });
}

/** The same without WebAssembly. */
export function reflectRowsPlain(data: Float32Array, borders: Omit<Borders, 'across'>): void {
  const { width, height, planes, down } = borders;
  const rows = height + 2 * down;
  for (let plane = 0; plane < planes; plane++) {
    const first = plane * rows + down;
    for (let y = 1; y <= down; y++) {
      copyRow(first + reflected(-y, height), first - y);
      copyRow(first + reflected(height - 1 + y, height), first + height - 1 + y);
    }
  }

  function copyRow(from: number, to: number): void {
    data.copyWithin(to * width, from * width, (from + 1) * width);
  }
}
