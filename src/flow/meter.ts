import type { StageStats } from '../events.js';

/** Counts what passes through a stage. Reading it costs nothing to the stream. */
export class Meter {
  in = 0;
  out = 0;
  /** How many of what came in have left, where several leave as one. */
  left?: number;
  busyMs = 0;
  concurrency = 1;
  /** Reports bytes held and their limit, for stages that hold memory. */
  memory?: () => { readonly bytes: number; readonly budget: number };

  constructor(readonly stage: string) {}

  /** Times one piece of work. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.busyMs += performance.now() - start;
    }
  }

  snapshot(): StageStats {
    return {
      stage: this.stage,
      in: this.in,
      out: this.out,
      waiting: this.in - (this.left ?? this.out),
      busyMs: this.busyMs,
      concurrency: this.concurrency,
      ...this.memory?.(),
    };
  }
}
