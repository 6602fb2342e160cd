import { EsrganError } from '../errors.js';
import { candidates } from './choose.js';
import { cpu } from './cpu/index.js';
import { readMeasurements } from './measurements.js';
import { type EngineName, type ExecutionName, engineNames, executionNames } from './names.js';
import { onnxruntime } from './onnxruntime/index.js';
import { tensorflow } from './tensorflow/index.js';
import type { Engine } from './types.js';
import { wasm } from './wasm/index.js';

export { type EngineName, type ExecutionName, engineNames, executionNames } from './names.js';

/** All that there are, started or not. */
export const engines: readonly Engine[] = [onnxruntime, tensorflow, wasm, cpu];

/** What runs the networks, and why that. */
export interface EngineChoice {
  readonly name: Exclude<EngineName, 'auto'>;
  readonly execution: Exclude<ExecutionName, 'auto'>;
  readonly reason: string;
}

async function start(engine: Engine, execution: ExecutionName, reason: string): Promise<EngineChoice> {
  const [tf, { registerGradients }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('./gradients/index.js'),
  ]);
  // tfjs otherwise prints advice and warnings of its own.
  tf.env().set('PROD', true);
  const started = await engine.start(execution);
  if (!(await tf.setBackend(engine.name)))
    throw new EsrganError('ENGINE_MISSING', `The ${engine.name} engine does not start on this machine.`, {
      remedy: 'Run `npm ci` again to restore its files, or choose another engine.',
    });
  registerGradients();
  const on = started.detail ? `${started.execution}, ${started.detail}` : started.execution;
  return { name: engine.name, execution: started.execution, reason: `on ${on}; ${reason}` };
}

async function startFirst(execution: ExecutionName): Promise<EngineChoice> {
  const passedOver: string[] = [];
  for (const candidate of candidates(engines, readMeasurements(), execution)) {
    const found = candidate.engine.available();
    if (!found.ok) {
      passedOver.push(found.reason);
      continue;
    }
    const reason = [...passedOver, candidate.why ?? found.reason].join('; ');
    try {
      return await start(candidate.engine, candidate.execution, reason);
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      passedOver.push(error.message.replace(/\.$/, ''));
    }
  }
  const why = passedOver.length > 0 ? passedOver.join('; ') : `no engine computes on ${execution}`;
  throw new EsrganError('ENGINE_MISSING', `No engine could be started: ${why}.`, {
    remedy: '`esrgan doctor` shows every engine of this machine and what it takes to get it.',
  });
}

/**
 * Loads and starts the engine on which networks are made and trained from now on.
 * `auto` takes the fastest as `esrgan doctor` measured it on this machine; where nothing was measured the first
 * that starts of onnxruntime, tensorflow, wasm. The reason it gives says which and why. A name means that engine
 * and no other, and so does an `execution` that is not `auto`.
 * @throws EsrganError `ENGINE_UNKNOWN` | `EXECUTION_UNKNOWN` (no such name, or not with that engine) |
 * `ENGINE_MISSING` (the engine is not installed or does not load)
 */
export async function useEngine(name: EngineName, execution: ExecutionName = 'auto'): Promise<EngineChoice> {
  if (!executionNames.includes(execution)) throw unknownExecution(execution, executionNames);
  if (name === 'auto') return startFirst(execution);
  const engine = engines.find((candidate) => candidate.name === name);
  if (!engine)
    throw new EsrganError('ENGINE_UNKNOWN', `There is no engine "${name}".`, {
      remedy: `Use one of ${engineNames.join(', ')}.`,
    });
  if (execution !== 'auto' && !engine.executions.includes(execution))
    throw unknownExecution(execution, ['auto', ...engine.executions], ` with the ${name} engine`);
  const found = engine.available();
  if (!found.ok) throw new EsrganError('ENGINE_MISSING', `${found.reason}.`, { remedy: found.remedy });
  return start(engine, execution, found.reason);
}

const unknownExecution = (name: string, known: readonly string[], where = ''): EsrganError =>
  new EsrganError('EXECUTION_UNKNOWN', `There is no execution "${name}"${where}.`, {
    remedy: `Use one of ${known.join(', ')}.`,
  });
