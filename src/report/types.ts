import type { PlanSummary, RunSummary } from '../events.js';

/** The machine and versions a run was made with. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  /** CPU model, as the system names it. */
  readonly cpu: string;
  readonly cores: number;
  /** Bytes of main memory. */
  readonly memory: number;
  /** Version of esrgan-stream. */
  readonly version: string;
  /** Versions of the packages that compute, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The folder the run was started in. */
  readonly folder: string;
}

/** The network's picture of a scene after so many iterations. */
export interface Reached {
  readonly iter: number;
  /** The bytes of a whole PNG file. */
  readonly png: Uint8Array;
  /** dB, of the whole photograph. */
  readonly psnr?: number;
}

/** One detail of a photograph that was held back, as PNG files of the same size. */
export interface Scene {
  readonly name: string;
  readonly lq: Uint8Array;
  readonly bicubic: Uint8Array;
  readonly gt: Uint8Array;
  readonly psnrBicubic?: number;
  /** Oldest first; never empty. */
  readonly network: readonly Reached[];
}

/** One option that is not as it was; absent values are not set. */
export interface Change {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export interface OptionsInput {
  /** The files the run was read from, as they were. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Every option in effect, with its defaults. */
  readonly effective: readonly Change[];
  /** What the command line made different from the files; absent where they cannot be compared any more. */
  readonly changed?: readonly Change[];
  /** The published file that the run is nearest to. */
  readonly published?: { readonly name: string; readonly changes: readonly Change[] };
}

/** A recorded step, besides its losses. */
export interface StepRecord {
  readonly iter: number;
  /** Learning rates: of the generator, then of the discriminator if there is one. */
  readonly lrs: readonly number[];
  /** Seconds a step, and seconds of it spent waiting for data. */
  readonly time: number;
  readonly timeData: number;
}

/** What the stages had done by then. */
export interface Moment {
  readonly elapsedMs: number;
  /** Bytes. */
  readonly rss: number;
  /** Items handed on so far, by stage, in the order of the stream. */
  readonly out: Readonly<Record<string, number>>;
  /** Items that had entered a stage and not left it. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** Everything a report shows; `renderReport` reads nothing else. */
export interface ReportInput {
  readonly name: string;
  readonly summary: RunSummary;
  readonly plan: PlanSummary;
  /** Absent for runs that do not train. */
  readonly engine?: { readonly name: string; readonly reason: string };
  readonly scenes: readonly Scene[];
  /** Photographs that were measured, and of which no picture is shown. */
  readonly moreScenes?: number;
  /** Of the steps of this run, not of those before it was resumed. */
  readonly steps?: readonly StepRecord[];
  readonly moments?: readonly Moment[];
  readonly options: OptionsInput;
  /** Of a run that goes on while the report is read: iterations in all. */
  readonly running?: { readonly totalIter: number };
  readonly environment: Environment;
  readonly seed: number;
  /** A fingerprint of all options that the result depends on. */
  readonly hash: string;
  /** The command line that repeats the run. */
  readonly command: string;
  readonly started: Date;
}
