import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { InferenceSession } from 'onnxruntime-node';
import { EsrganError } from '../../errors.js';
import { OnnxBackend } from './backend.js';
import { type Execution, listExecutions } from './executions.js';
import { Executor } from './executor.js';
import type { Target } from './graph/graph.js';
import { ENGINE } from './kernels/define.js';
import { registerKernels } from './kernels/index.js';
import { checkDevice, findBlock } from './probe.js';

interface Running {
  readonly execution: Execution;
  readonly target: Target;
}

let running: Running | undefined;

/**
 * Makes the backend known to tfjs. Another execution than before takes its place, and the tensors it held are
 * lost.
 * @returns what is worth knowing about it
 */
export async function startBackend(execution: Execution): Promise<string[]> {
  if (running?.execution !== execution) {
    checkSupported(execution);
    const target = await targetOf(execution);
    if (running) removeBackend(ENGINE);
    else registerKernels();
    registerBackend(ENGINE, () => new OnnxBackend(new Executor(target, optionsFor(execution, target))));
    running = { execution, target };
  }
  const { block } = running.target;
  return block ? [`blocks of ${block} channels`] : [];
}

function checkSupported(execution: Execution): void {
  const state = listExecutions().find(({ name }) => name === execution)!;
  if (!state.supported) throw new EsrganError('ENGINE_MISSING', `${state.reason}.`, { remedy: state.remedy });
}

async function targetOf(execution: Execution): Promise<Target> {
  if (execution === 'cpu') return { block: await findBlock(), extensions: true };
  await checkDevice(execution).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new EsrganError(
      'ENGINE_MISSING',
      `onnxruntime cannot compute on ${execution} here: ${short(why)}`,
      {
        remedy: `Install or update the driver that ${execution} needs, or use execution: cpu.`,
        cause,
      },
    );
  });
  return { block: undefined, extensions: false };
}

/** Native messages begin with the place in their source. */
const short = (message: string): string => message.replace(/^.* was false\. /, '');

function optionsFor(execution: Execution, { block }: Target): InferenceSession.SessionOptions {
  return {
    executionProviders: execution === 'cpu' ? ['cpu'] : [execution, 'cpu'],
    // Graphs for blocked kernels are written as they should be; looking for more would take half of the time of the first step.
    graphOptimizationLevel: block ? 'disabled' : 'basic',
    logSeverityLevel: 4,
    // The pattern learned from the first run is one block for all later ones, beside the memory of the first.
    enableMemPattern: false,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

/** The running backend, for tests and measurements. */
export const currentBackend = (): OnnxBackend => engine().findBackend(ENGINE) as OnnxBackend;
