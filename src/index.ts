/** Everything the command line does can be done from here; see ARCHITECTURE.md for how the parts fit. */
export { type LoadedOptions, loadOptions } from './config/basicsr/load.js';
export { loadPipeline } from './config/load-pipeline.js';
export type { Pipeline } from './config/pipeline-file.js';
export { printPipeline } from './config/print-pipeline.js';
export {
  type Degradation,
  type DegradationContext,
  defineDegradation,
  type FloatImage,
  type SampleInfo,
} from './degradations/define.js';
export { filter2d, filterSeparable } from './degradations/filter2d.js';
export { fillNormal } from './degradations/normal.js';
export { loadDegradation } from './degradations/plugin.js';
export { resample } from './degradations/resample.js';
export { type DoctorOptions, type DoctorReport, doctor } from './doctor/index.js';
export { EsrganError, type Place } from './errors.js';
export type {
  FileOutcome,
  PlanSummary,
  RunEvent,
  RunSummary,
  StageStats,
  ValidationResult,
} from './events.js';
export { Arena, type Block, Budget, type Lease, orderedMap } from './flow/index.js';
export { readTar } from './formats/tar/index.js';
export {
  type Architecture,
  type ConvertOptions,
  convertWeights,
  inspectFile,
  readWeights,
  recognise,
  type WeightSets,
  type Weights,
  writeWeights,
} from './formats/weights/index.js';
export {
  type EvaluatedPair,
  type EvaluateOptions,
  evaluateFolders,
  meanOf,
  type NotEvaluated,
} from './metrics/evaluate.js';
export { type MetricOptions, psnr, ssim } from './metrics/index.js';
export {
  type PairPixels,
  type PipelinePlan,
  type PipelineRun,
  planPipeline,
  type ReadBatchesOptions,
  type RunControls,
  type RunOptions,
  readBatches,
  runPipeline,
  type SampledPair,
} from './pipeline/index.js';
export type { Sample, Scale, ScaledSource, Source, Visit, Window } from './plan/types.js';
export {
  type PreviewData,
  type PreviewOptions,
  preview,
  renderPreview,
  type TracedPair,
  type TracedStep,
  type TraceWanted,
  trace,
} from './preview/index.js';
export { createRng, type Rng, sampleSeed } from './random/rng.js';
export { type ServeEvent, type ServeOptions, type Serving, serve } from './serve/index.js';
export {
  autoShards,
  folderStatus,
  makePlan,
  mergeShards,
  type PlanStatus,
  prepareShard,
  readPlan,
  writePlan,
} from './shards/index.js';
export { type BatchOutput, batch } from './stages/batch/batch.js';
export type { StageContext } from './stages/context.js';
export { crop, wholeImages } from './stages/crop/crop.js';
export { Crop, type MissingSample } from './stages/decode/crop.js';
export { type DecodeOptions, decode } from './stages/decode/decode.js';
export { degrade, type LeasedPair } from './stages/degrade/degrade.js';
export { discard } from './stages/discard/discard.js';
export { discover } from './stages/discover/discover.js';
export { metadata } from './stages/metadata/metadata.js';
export { multiscale, sourceOnly } from './stages/multiscale/multiscale.js';
export { inOrder, shuffle } from './stages/shuffle/shuffle.js';
export { train } from './stages/train/train.js';
export { Workers } from './stages/workers/workers.js';
export { write } from './stages/write/write.js';
export type { Batch, BatchSource, PairRecord } from './training/batch.js';
export {
  type LiveOptions,
  type LivePage,
  type LiveSource,
  openExperiments,
  openLive,
} from './ui/live/index.js';
export { openPlayground, type PlaygroundOptions } from './ui/playground/index.js';
export {
  type BandOptions,
  type Enlarger,
  enlarge,
  enlargeBands,
  type LoadOptions,
  loadEnlarger,
  type TileOptions,
  type UpscaledFile,
  type UpscaleOptions,
  type UpscaleProgress,
  upscaleFiles,
} from './upscale/index.js';
