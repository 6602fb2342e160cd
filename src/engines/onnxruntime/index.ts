import { createRequire } from 'node:module';
import { EsrganError } from '../../errors.js';
import type { Engine } from '../types.js';

const remedy = 'Run `npm ci` again to restore onnxruntime-node, or choose another engine.';

function version(): string | undefined {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** onnxruntime's native library: whole training steps as one graph, on the processor or a graphics card. */
export const onnxruntime: Engine = {
  name: 'onnxruntime',
  executions: ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'],
  available: () =>
    version()
      ? { ok: true, reason: 'onnxruntime comes with this package' }
      : { ok: false, reason: 'onnxruntime-node is not installed', remedy },
  start: async (execution) => {
    const { startBackend } = await import('./start.js').catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      throw new EsrganError('ENGINE_MISSING', `onnxruntime-node does not load: ${why}`, { remedy, cause });
    });
    const detail = await startBackend(execution === 'auto' ? 'cpu' : execution);
    return {
      execution: execution === 'auto' ? 'cpu' : execution,
      detail: [`onnxruntime ${version()}`, ...detail].join(', '),
    };
  },
};
