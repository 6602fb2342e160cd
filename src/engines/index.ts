import { EsrganError } from '../errors.js';
import { cpu } from './cpu/index.js';
import { tensorflow } from './tensorflow/index.js';
import type { Engine } from './types.js';
import { wasm } from './wasm/index.js';

/** In the order in which `auto` tries them; `cpu` is for checks and must be asked for. */
const engines: readonly Engine[] = [tensorflow, wasm, cpu];
const automatic: readonly Engine[] = [tensorflow, wasm];

export const engineNames = ['auto', 'tensorflow', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** What runs the networks, and why that. */
export interface EngineChoice {
  readonly name: string;
  readonly reason: string;
}

async function start(engine: Engine, reason: string): Promise<EngineChoice> {
  const [tf, { registerGradients }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('./gradients/index.js'),
  ]);
  // tfjs otherwise prints advice and warnings of its own.
  tf.env().set('PROD', true);
  await engine.start();
  if (!(await tf.setBackend(engine.name)))
    throw new EsrganError('ENGINE_MISSING', `The ${engine.name} engine does not start on this machine.`, {
      remedy: 'Run `npm ci` again to restore its files, or choose another engine.',
    });
  registerGradients();
  return { name: engine.name, reason };
}

async function startFirst(): Promise<EngineChoice> {
  const passedOver: string[] = [];
  for (const engine of automatic) {
    const found = engine.available();
    if (!found.ok) {
      passedOver.push(found.reason);
      continue;
    }
    try {
      return await start(engine, [...passedOver, found.reason].join('; '));
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      passedOver.push(error.message);
    }
  }
  throw new EsrganError('ENGINE_MISSING', `No engine could be started: ${passedOver.join('; ')}.`);
}

/**
 * Loads and starts the engine on which networks are made and trained from now on.
 * `auto` takes TensorFlow where its native addon is installed and loads, else WebAssembly; the reason it
 * gives says which and why. A name means that engine and no other.
 * @throws EsrganError `ENGINE_UNKNOWN` | `ENGINE_MISSING` (the engine is not installed or does not load)
 */
export async function useEngine(name: EngineName): Promise<EngineChoice> {
  if (name === 'auto') return startFirst();
  const engine = engines.find((candidate) => candidate.name === name);
  if (!engine)
    throw new EsrganError('ENGINE_UNKNOWN', `There is no engine "${name}".`, {
      remedy: `Use one of ${engineNames.join(', ')}.`,
    });
  const found = engine.available();
  if (!found.ok) throw new EsrganError('ENGINE_MISSING', `${found.reason}.`, { remedy: found.remedy });
  return start(engine, found.reason);
}
