import { wasm } from '../float.wasm.js';

/** The exports of assembly/float.ts; addresses, steps and strides in bytes, counts and sizes in values. */
export interface Kernels {
  correlate(
    source: number,
    sourceStep: number,
    step: number,
    runs: number,
    runsBytes: number,
    runsStep: number,
    out: number,
    outStep: number,
    width: number,
    height: number,
  ): void;
  filterPairs(
    source: number,
    sourceRow: number,
    runs: number,
    runsBytes: number,
    out: number,
    width: number,
    height: number,
  ): void;
  filterTurned(
    source: number,
    width: number,
    runs: number,
    runsBytes: number,
    out: number,
    height: number,
  ): void;
  filterColumns(
    source: number,
    rowBytes: number,
    length: number,
    width: number,
    first: number,
    height: number,
    radius: number,
    spectrum: number,
    twiddles: number,
    size: number,
    out: number,
    outRow: number,
    scratch: number,
  ): void;
  filterTiles(
    a: number,
    b: number,
    rowBytes: number,
    width: number,
    height: number,
    spectrum: number,
    columnTwiddles: number,
    rowTwiddles: number,
    tiles: number,
  ): void;
  finishTiles(
    tiles: number,
    height: number,
    left: number,
    count: number,
    columnTwiddles: number,
    twiddleBytes: number,
  ): void;
  storeTile(
    tiles: number,
    height: number,
    left: number,
    top: number,
    which: number,
    out: number,
    outRow: number,
    outWidth: number,
    outHeight: number,
  ): void;
  spectrumOf(
    kernel: number,
    width: number,
    height: number,
    factor: number,
    columnTwiddles: number,
    rowTwiddles: number,
    tiles: number,
    spectrum: number,
  ): void;
  reflectAround(
    source: number,
    width: number,
    height: number,
    out: number,
    outWidth: number,
    outHeight: number,
    left: number,
    top: number,
  ): void;
  markDetail(
    image: number,
    imageRow: number,
    soft: number,
    out: number,
    width: number,
    height: number,
    factor: number,
    threshold: number,
  ): number;
  mixSharp(
    image: number,
    imageRow: number,
    soft: number,
    softRow: number,
    mask: number,
    width: number,
    height: number,
    first: number,
    second: number,
  ): void;
  reflectInto(source: number, width: number, height: number, out: number, across: number, down: number): void;
  resampleRows(
    source: number,
    width: number,
    rows: number,
    runs: number,
    runsBytes: number,
    outWidth: number,
    out: number,
    columns: number,
    sums: number,
  ): void;
  bytesToFloat(source: number, dx: number, dy: number, width: number, height: number, out: number): void;
  walkBytes(source: number, dx: number, dy: number, width: number, height: number, out: number): void;
  floatToBytes(
    source: number,
    stride: number,
    plane: number,
    width: number,
    height: number,
    out: number,
  ): void;
  combine(
    out: number,
    a: number,
    first: number,
    b: number,
    second: number,
    count: number,
    clamp: boolean,
  ): void;
  mix(out: number, other: number, mask: number, count: number): void;
  differs(out: number, a: number, b: number, factor: number, threshold: number, count: number): void;
  clampUnit(out: number, count: number): void;
  allFinite(at: number, count: number): number;
  jpegCodec(
    data: number,
    width: number,
    height: number,
    across: number,
    down: number,
    tables: number,
    scratch: number,
  ): void;
  toLevels(values: number, count: number, out: number): void;
  markLevels(levels: number, count: number, seen: number): void;
  drawLevels(
    state: number,
    levels: number,
    offsets: number,
    firsts: number,
    thresholds: number,
    other: number,
    unit: number,
    out: number,
    count: number,
  ): void;
  fillNormal(state: number, tables: number, out: number, from: number, count: number): number;
}

/** The kernels in that memory; undefined where SIMD is missing. */
export function instantiate(memory: WebAssembly.Memory): Kernels | undefined {
  try {
    const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
  } catch {
    return undefined;
  }
}
