import type { Pipeline } from '../src/config/pipeline-file.js';
import { pipelineFrom } from './pipelines.js';

/** Pairs that are not measured: until then photographs are opened that make no pair yet. */
export const WARM_UP = 600;

/** Pairs that are. */
export const MEASURED = 1800;

/** A chain that makes pairs quickly, so that sending them is a large part of the work. */
export const servedPipeline = (folder: string): Promise<Pipeline> =>
  pipelineFrom(`
name: serve
memory: 512MiB
epochs: 100
source: { images: ${JSON.stringify(folder)} }
stages:
  - multiscale:
  - crop: { size: 400, step: 300 }
  - shuffle:
  - degrade: { preset: bicubic }
  - batch: { size: 12, gt_size: 256 }
sink: { discard: }
`);

/** Measures from the end of the warm-up to the last measured pair; `count` says how many pairs have come, the rate is there at the end. */
export function stopwatch(): (count: number) => number | undefined {
  let start = 0;
  return (count) => {
    if (count >= WARM_UP) start ||= performance.now();
    return count < WARM_UP + MEASURED ? undefined : MEASURED / ((performance.now() - start) / 1000);
  };
}
