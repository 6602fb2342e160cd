import { useEngine } from '../engines/index.js';
import { EsrganError } from '../errors.js';
import { convolutionGflops } from './convolution.js';
import type { Answer, Question } from './measure.js';
import { timeSteps } from './step-time.js';
import type { Measured } from './types.js';

const { engine, execution, quick } = JSON.parse(process.argv[2] ?? '') as Question;

async function answer(): Promise<Answer> {
  const { reason } = await useEngine(engine, execution);
  if (quick) return { reason };
  return { reason, measured: await measured().catch(failed) };
}

/** 10^9 operations a second, and milliseconds a step. */
async function measured(): Promise<Measured> {
  const gflops = await convolutionGflops();
  const network_g = { type: 'RRDBNet', num_block: 1 };
  const sizes = { batch: 2, edge: 32, scale: 4, warmUp: 3, steps: 7 };
  const { first_ms, steps_ms, peak_rss } = await timeSteps({ engine, execution, network_g, ...sizes });
  return { gflops, step_ms: Math.min(...steps_ms), first_ms, peak_rss };
}

function failed(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  throw new Error(`it starts, but does not get through a training step: ${why}`);
}

function failure(error: unknown): Answer {
  if (error instanceof EsrganError)
    return { failure: error.message.replace(/\.$/, ''), remedy: error.remedy };
  return { failure: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
}

const said = await answer().catch(failure);
// Some native libraries keep a process alive.
process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));
