import * as ort from 'onnxruntime-node';
import type { ExecutionName } from '../names.js';

export type Execution = Exclude<ExecutionName, 'auto'>;

/** Whether one way to compute is part of the installed onnxruntime-node; a device may all the same be missing. */
export type ExecutionState =
  | { readonly name: Execution; readonly supported: true }
  | { readonly name: Execution; readonly supported: false; readonly reason: string; readonly remedy: string };

export const executions: readonly Execution[] = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'];

const restore = 'Run `npm ci` again to restore onnxruntime-node.';

const remedies: Readonly<Record<Execution, string>> = {
  cpu: restore,
  webgpu: `${restore} WebGPU is part of its package.`,
  cuda: 'On Linux with an NVIDIA card, CUDA 12 and cuDNN 9: `npm install onnxruntime-node --onnxruntime-node-install=cuda12 --ignore-scripts=false`. WebGPU runs on the same card without them.',
  coreml: 'CoreML is part of onnxruntime-node on macOS only.',
  dml: 'DirectML is part of onnxruntime-node on Windows only.',
};

/** Which executions the installed onnxruntime-node supports, and why not the others. */
export function listExecutions(): readonly ExecutionState[] {
  const backends = ort.listSupportedBackends();
  const present = new Set(backends.filter(({ bundled }) => bundled).map(({ name }) => name));
  return executions.map((name) =>
    present.has(name)
      ? { name, supported: true }
      : {
          name,
          supported: false,
          reason: `onnxruntime-node on ${process.platform} ${process.arch} has no ${name}`,
          remedy: remedies[name],
        },
  );
}
