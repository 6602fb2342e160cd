import type { Mode, Scratch, SourcePlane, TargetPlane } from '../../simd/index.js';
import type { PairPlan, PairSample } from '../degrade/draw-pair.js';
import type { DegradeOptions } from '../degrade/options.js';
import type { Pair } from '../degrade/pair.js';
import type { SharedPixels } from './shared-pixels.js';

/** What every worker of a run is started with. */
export interface WorkerSetup {
  /** The arena. */
  readonly memory: WebAssembly.Memory;
  /** How pairs are made; absent in a pipeline without degradation. */
  readonly pairs?: {
    readonly degrade: DegradeOptions;
    /** Folder that plug-in paths are relative to. */
    readonly baseFolder: string;
    readonly plan: PairPlan;
  };
}

export interface PairTask {
  readonly kind: 'pair';
  readonly crop: SharedPixels;
  readonly sample: PairSample;
  /** Arrays to write the pair into; new ones without them. */
  readonly out?: PairArrays;
}

export interface PairArrays {
  readonly gt: Uint8Array<ArrayBuffer>;
  readonly lq: Uint8Array<ArrayBuffer>;
}

/** Smaller copies within one memory. The block must be pinned. */
export interface ResampleTask {
  readonly kind: 'resample';
  /** Absent: the arena. */
  readonly memory?: WebAssembly.Memory;
  readonly source: SourcePlane;
  readonly targets: readonly TargetPlane[];
  readonly scratch: Scratch;
  readonly mode: Mode;
}

/** Writes a crop to a file, whose folder must exist. */
export interface PngTask {
  readonly kind: 'png';
  readonly crop: SharedPixels;
  /** As for `encodePng`, 0..9. */
  readonly level: number;
  readonly file: string;
}

export type Task = PairTask | ResampleTask | PngTask;

export type PairAnswer = Pair & { readonly warnings: readonly string[] };

/** What comes back for each kind of task. */
export interface Answers {
  readonly pair: PairAnswer;
  readonly resample: undefined;
  readonly png: undefined;
}
