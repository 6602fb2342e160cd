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
}

export interface Picture {
  readonly title: string;
  /** The bytes of a whole PNG file. */
  readonly png: Uint8Array;
  /** What there is to see, for readers who cannot see it. */
  readonly alt: string;
}

/** Everything a report shows; `renderReport` reads nothing else. */
export interface ReportInput {
  readonly pipeline: { readonly name: string; readonly text: string };
  readonly summary: RunSummary;
  readonly plan: PlanSummary;
  /** Absent for runs that do not train. */
  readonly engine?: { readonly name: string; readonly reason: string };
  readonly pictures: readonly Picture[];
  /** Of a run that goes on while the report is read: iterations in all. */
  readonly running?: { readonly totalIter: number };
  readonly environment: Environment;
  /** The command line that repeats the run. */
  readonly command: string;
  readonly started: Date;
}
