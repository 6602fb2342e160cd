import type { EngineName, ExecutionName } from '../engines/names.js';

/** What `doctor` found on this machine. */
export interface DoctorReport {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly engines: readonly EngineReport[];
  /** What `engine: auto` takes from now on; absent where no engine starts. */
  readonly auto?: { readonly engine: string; readonly execution: string; readonly why: string };
  readonly checks: readonly Check[];
  /** The file in which the measurements were remembered. */
  readonly remembered?: string;
}

/** One engine on one thing to compute on. */
export interface EngineReport {
  readonly engine: Exclude<EngineName, 'auto'>;
  /** Absent where the engine is not there at all. */
  readonly execution?: Exclude<ExecutionName, 'auto'>;
  readonly found: boolean;
  /** What was found, or why nothing. */
  readonly reason: string;
  /** What to do to get it. */
  readonly remedy?: string;
  readonly measured?: Measured;
}

export interface Measured {
  /** 10^9 floating-point operations a second in a 3x3 convolution of 64 to 64 channels on 128x128 pixels. */
  readonly gflops: number;
  /** Milliseconds of a training step, the fastest of seven: RRDBNet of one block, batch 2 of 32x32. */
  readonly step_ms: number;
  /** Milliseconds of the first one. */
  readonly first_ms: number;
  /** Most memory of the process that did it, in bytes. */
  readonly peak_rss: number;
}

export interface Check {
  readonly name: string;
  /** `poor` works, but not well. */
  readonly state: 'good' | 'poor' | 'bad';
  readonly found: string;
  readonly remedy?: string;
}
