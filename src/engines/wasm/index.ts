import { createRequire } from 'node:module';
import path from 'node:path';
import type { Engine } from '../types.js';

/** The folder of the package's .wasm files, with a separator at its end. */
const binaries = (): string =>
  path.join(path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')), path.sep);

/** WebAssembly with SIMD on one thread: needs nothing native, works offline. */
export const wasm: Engine = {
  name: 'wasm',
  executions: ['cpu'],
  available: () => ({ ok: true, reason: 'WebAssembly runs everywhere' }),
  start: async () => {
    const tf = await import('@tensorflow/tfjs-core');
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    const { registerKernels } = await import('./kernels/index.js');
    if (tf.engine().registry.wasm === undefined) backend.setWasmPaths(binaries());
    await withoutNewListeners(() => tf.setBackend('wasm'));
    registerKernels();
    return { execution: 'cpu' };
  },
};

/** Emscripten hooks into uncaught errors of the whole process when it starts; that is not its business. */
async function withoutNewListeners(start: () => Promise<unknown>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)));
  await start();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i]!.has(listener)) process.removeListener(event, listener as (...args: unknown[]) => void);
  });
}
