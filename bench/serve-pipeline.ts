import type { Pipeline } from '../src/config/pipeline-file.js';
import { pipelineFrom } from './pipelines.js';

/** A chain that makes pairs quickly, so that sending them is a large part of the work. */
export const servedPipeline = (folder: string): Promise<Pipeline> =>
  pipelineFrom(`
name: serve
memory: 512MiB
source: { images: ${JSON.stringify(folder)} }
stages:
  - multiscale:
  - crop: { size: 400, step: 300 }
  - shuffle:
  - degrade: { preset: bicubic }
  - batch: { size: 12, gt_size: 256 }
sink: { discard: }
`);
