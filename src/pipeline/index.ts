export { type ReadBatchesOptions, readBatches } from './batches.js';
export { type PipelinePlan, planPipeline } from './plan.js';
export { type PipelineRun, type RunOptions, runPipeline } from './run.js';
