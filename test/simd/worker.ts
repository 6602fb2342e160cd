import { parentPort, workerData } from 'node:worker_threads';
import {
  createResampler,
  type Mode,
  type Scratch,
  type SourcePlane,
  type TargetPlane,
} from '../../src/simd/index.js';

/** What a thread of the test does, over and over. */
export interface Work {
  readonly memory: WebAssembly.Memory;
  readonly source: SourcePlane;
  readonly jobs: readonly { readonly target: TargetPlane; readonly scratch: Scratch; readonly mode: Mode }[];
  readonly times: number;
}

const { memory, source, jobs, times } = workerData as Work;
const resampler = createResampler(memory);
for (let i = 0; i < times; i++)
  for (const { target, scratch, mode } of jobs) resampler.resample(source, target, scratch, mode);
parentPort?.postMessage('done');
