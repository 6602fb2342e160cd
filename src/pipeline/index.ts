export { type ReadBatchesOptions, readBatches } from './batches.js';
export { type Ask, asks, type RunControls } from './controls.js';
export { type PipelinePlan, planPipeline } from './plan.js';
export { type PipelineRun, type RunOptions, runPipeline } from './run.js';
export type { PairPixels, SampledPair } from './sampled-pairs.js';
