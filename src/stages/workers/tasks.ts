import type { EncodeFormat } from '../../images/encode.js';
import type { Pixels } from '../../images/pixels.js';
import type { Source } from '../../plan/types.js';
import type { Scratch, Size } from '../../simd/index.js';
import type { PairPlan, PairSample } from '../degrade/draw-pair.js';
import type { DegradeOptions } from '../degrade/options.js';
import type { Pair } from '../degrade/pair.js';
import type { MultiscaleOptions } from '../multiscale/options.js';
import type { SharedPixels } from './shared-pixels.js';

/** What every worker of a run is started with. */
export interface WorkerSetup {
  /** The arena. */
  readonly memory: WebAssembly.Memory;
  /** Images decoded at once. */
  readonly threads: number;
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
  /** The lq of the crop, where it is given; then nothing is degraded. */
  readonly lq?: SharedPixels;
  readonly sample: PairSample;
  /** Arrays to write the pair into; new ones without them. */
  readonly out?: PairArrays;
}

export interface PairArrays {
  readonly gt: Uint8Array<ArrayBuffer>;
  readonly lq: Uint8Array<ArrayBuffer>;
  readonly gt_usm?: Uint8Array<ArrayBuffer>;
}

/** A plane in shared memory; the image itself, `inner`, is smaller where the plane is padded. */
export interface SharedPlane extends Omit<SharedPixels, 'memory'> {
  readonly inner: Size;
}

/** Files as they came from a server, in memory that goes along to the worker. */
export interface FetchedSource {
  readonly gt?: Uint8Array<ArrayBuffer>;
  readonly lq?: Uint8Array<ArrayBuffer>;
}

/** Decodes a source into its block, which must be pinned, and makes its smaller copies there. */
export interface OpenTask {
  readonly kind: 'open';
  /** Absent: the arena. */
  readonly memory?: WebAssembly.Memory;
  readonly source: Source;
  /** The bytes of the source and of its lq, where they lie on a server. */
  readonly fetched?: FetchedSource;
  readonly background: string;
  readonly full: SharedPlane;
  readonly copies: readonly SharedPlane[];
  /** Place of the lq picture of the source. */
  readonly lq?: SharedPlane;
  readonly resampler: MultiscaleOptions['resampler'];
  readonly scratch: Scratch;
}

/** Writes a crop to a file, whose folder must exist. */
export interface PngTask {
  readonly kind: 'png';
  readonly crop: SharedPixels;
  /** As for `encodePng`, 0..9. */
  readonly level: number;
  readonly file: string;
}

/** Encodes an image to the bytes of a file. */
export interface EncodeTask {
  readonly kind: 'encode';
  /** In the arena, or handed over by transfer. */
  readonly image: SharedPixels | Pixels;
  readonly format: EncodeFormat;
  /** PNG: as for `encodePng`, 0..9. */
  readonly level: number;
}

export type Task = PairTask | OpenTask | PngTask | EncodeTask;

export type PairAnswer = Pair & { readonly warnings: readonly string[] };

/** What comes back for each kind of task. */
export interface Answers {
  readonly pair: PairAnswer;
  readonly open: undefined;
  readonly png: undefined;
  readonly encode: Uint8Array<ArrayBuffer>;
}
