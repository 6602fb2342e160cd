import { createExtents, type Extents } from './extents.js';
import { instantiate, type Kernels } from './kernels.js';

/** Memory of this thread in which the kernels work. It never grows, so views of it stay valid. */
export interface FloatMemory {
  readonly buffer: ArrayBufferLike;
  readonly kernels: Kernels;
  readonly extents: Extents;
}

const PAGE = 65536;
/** The system provides pages when they are first written to: this is a limit, not a cost. */
const BYTES = 512 * 2 ** 20;

let memory: FloatMemory | undefined;
let tried = false;
let off = false;

/** The memory of this thread; undefined where WebAssembly with SIMD or the address space is missing. */
export function floatMemory(): FloatMemory | undefined {
  if (!tried) {
    tried = true;
    memory = create();
  }
  return off ? undefined : memory;
}

/** Runs `work` in plain JavaScript, which must give the same bits: for tests and benchmarks. */
export function withoutKernels<T>(work: () => T): T {
  off = true;
  try {
    return work();
  } finally {
    off = false;
  }
}

function create(): FloatMemory | undefined {
  try {
    const pages = BYTES / PAGE;
    const room = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const kernels = instantiate(room);
    // The first bytes stay unused, so that no address is 0.
    return kernels && { buffer: room.buffer, kernels, extents: createExtents(PAGE, BYTES) };
  } catch {
    return undefined;
  }
}

type Values = Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array | Uint8ClampedArray;

/**
 * Runs `work` with the addresses of `written` and of the arrays that are `read`. Arrays outside the memory are
 * copied into it, and `written` out of it. False when there is no memory or no room in it.
 */
export function inMemory(
  written: Values,
  read: readonly Values[],
  work: (kernels: Kernels, out: number, ...addresses: number[]) => void,
): boolean {
  const room = floatMemory();
  if (!room) return false;
  const borrowed: number[] = [];
  const enter = (values: Values): number => {
    if (values.buffer === room.buffer) return values.byteOffset;
    const address = room.extents.take(values.byteLength) ?? 0;
    if (address === 0) return 0;
    borrowed.push(address);
    bytesAt(room, address, values.byteLength).set(bytesOf(values));
    return address;
  };
  try {
    const out = enter(written);
    const addresses = read.map(enter);
    if (out === 0 || addresses.includes(0)) return false;
    work(room.kernels, out, ...addresses);
    if (written.buffer !== room.buffer) bytesOf(written).set(bytesAt(room, out, written.byteLength));
    return true;
  } finally {
    for (const address of borrowed) room.extents.give(address);
  }
}

const bytesAt = ({ buffer }: FloatMemory, address: number, length: number): Uint8Array =>
  new Uint8Array(buffer, address, length);

const bytesOf = ({ buffer, byteOffset, byteLength }: Values): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Runs `work` with the address of so many bytes; false when there is no room for them. */
export function withScratch(bytes: number, work: (address: number) => void): boolean {
  const room = floatMemory();
  const address = room?.extents.take(bytes);
  if (!room || address === undefined) return false;
  try {
    work(address);
    return true;
  } finally {
    room.extents.give(address);
  }
}
