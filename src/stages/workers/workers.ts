import { Pool } from '../../flow/index.js';
import { fromPlain, type PlainError } from '../../plain-error.js';
import type { Answers, Task, WorkerSetup } from './tasks.js';

/** The worker threads of a run; they start with their first task. */
export class Workers {
  readonly #pool: Pool<Task, Answers[Task['kind']]>;

  constructor(setup: WorkerSetup, threads: number) {
    this.#pool = new Pool(new URL('./worker.js', import.meta.url), threads, setup);
  }

  /** How many tasks are worth having under way. */
  get concurrency(): number {
    return this.#pool.concurrency;
  }

  run<Kind extends Task['kind']>(
    task: Extract<Task, { kind: Kind }>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answers[Kind]> {
    return this.#pool.run(task, transfer).catch((error: Error | PlainError) => {
      throw error instanceof Error ? error : fromPlain(error);
    }) as Promise<Answers[Kind]>;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
