import type { BatchOptions } from '../stages/batch/options.js';
import type { CropOptions } from '../stages/crop/options.js';
import type { DegradeOptions } from '../stages/degrade/options.js';
import type { DiscardOptions } from '../stages/discard/options.js';
import type { SourceOptions } from '../stages/discover/options.js';
import type { MetadataOptions } from '../stages/metadata/options.js';
import type { MultiscaleOptions } from '../stages/multiscale/options.js';
import type { ShuffleOptions } from '../stages/shuffle/options.js';
import type { WriteOptions } from '../stages/write/options.js';
import type { PairsOptions, WebdatasetOptions } from '../stages/write/pack-options.js';
import type { TrainOptions } from '../training/options.js';

/** The stages of a pipeline that are present, each with its options; they run in this order. */
export interface PipelineStages {
  readonly multiscale?: MultiscaleOptions;
  readonly crop?: CropOptions;
  readonly metadata?: MetadataOptions;
  readonly shuffle?: ShuffleOptions;
  readonly degrade?: DegradeOptions;
  readonly batch?: BatchOptions;
}

export type PipelineSink =
  | { readonly kind: 'train'; readonly options: TrainOptions }
  | { readonly kind: 'write'; readonly options: WriteOptions }
  | { readonly kind: 'webdataset'; readonly options: WebdatasetOptions }
  | { readonly kind: 'pairs'; readonly options: PairsOptions }
  | { readonly kind: 'discard'; readonly options: DiscardOptions };

export interface GivenFile {
  /** Without its folder. */
  readonly name: string;
  readonly text: string;
}

/** A pipeline file, checked and with its defaults filled in; frozen. What a run is made from. */
export interface Pipeline {
  readonly name: string;
  readonly seed: number;
  /** Super-resolution factor: gt is `scale` times lq. */
  readonly scale: number;
  /** Epochs to run; absent: one for a write or discard sink, as many as training needs for a train sink. */
  readonly epochs?: number;
  /** Budget of decoded images, in bytes. */
  readonly memory: number;
  /** Threads that degrade; absent: one a core. */
  readonly workers?: number;
  /** Folder for the report and its pictures; absent: no report. */
  readonly out?: string;
  /** `images`, `exclude`, `meta_info` and `dataroot_gt` are relative to `baseFolder`. */
  readonly source: SourceOptions;
  readonly stages: PipelineStages;
  readonly sink: PipelineSink;
  /** Absolute path of the pipeline file, or a name in angle brackets when there is none. */
  readonly file: string;
  /** Folder that relative source paths start from. Outputs are relative to the working folder. */
  readonly baseFolder: string;
  /** The text of the file, so that `spotIn` can point at a line of it. */
  readonly text?: string;
  /** The files that it was read from, as they were: a training run keeps copies of them. */
  readonly given?: readonly GivenFile[];
}
