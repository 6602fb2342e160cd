const PAGE = 2 ** 16;

/** The most that WebAssembly can address. */
export const MOST_MEMORY = 2 ** 32;

/** Memory that threads and WebAssembly kernels share; its pages are taken from the system when first written to. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
