import { type Transferable, Worker } from 'node:worker_threads';

interface Task {
  readonly message: unknown;
  readonly transfer: readonly Transferable[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Seat {
  readonly worker: Worker;
  readonly running: Map<number, Task>;
}

/** Tasks given to a worker before it has answered the last one, so that it does not idle while the answer travels. */
const DEPTH = 2;

/**
 * V8 would let the young generation of every thread grow to 48 MB before it looks at it: too much for threads
 * whose data lies outside its heap.
 */
export const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/**
 * Worker threads that answer messages. A worker script receives `{ task, message }` and posts back
 * `{ task, value }` or `{ task, error }`. Workers start with the first task and do not keep the process alive.
 */
export class Pool<Message, Answer> {
  readonly #seats: Seat[] = [];
  readonly #queue: Task[] = [];
  #next = 0;
  #closed = false;

  constructor(
    readonly script: URL,
    readonly size: number,
    readonly workerData: unknown,
  ) {}

  /** How many tasks are worth having under way. */
  get concurrency(): number {
    return this.size * DEPTH;
  }

  run(message: Message, transfer: readonly Transferable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the worker pool is closed'));
      this.#queue.push({ message, transfer, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const seat = this.#freeSeat();
      if (!seat) return;
      const task = this.#queue.shift() as Task;
      const id = this.#next++;
      seat.running.set(id, task);
      seat.worker.postMessage({ task: id, message: task.message }, task.transfer);
    }
  }

  #freeSeat(): Seat | undefined {
    const [best] = [...this.#seats].sort((a, b) => a.running.size - b.running.size);
    if (this.#seats.length < this.size && (!best || best.running.size > 0)) return this.#start();
    return best && best.running.size < DEPTH ? best : undefined;
  }

  #start(): Seat {
    const worker = new Worker(this.script, { workerData: this.workerData, resourceLimits });
    const seat: Seat = { worker, running: new Map() };
    worker.unref();
    worker.on('message', (answer: { task: number; value?: unknown; error?: unknown }) => {
      const task = seat.running.get(answer.task);
      seat.running.delete(answer.task);
      if (answer.error !== undefined) task?.reject(answer.error);
      else task?.resolve(answer.value as never);
      this.#dispatch();
    });
    worker.on('error', (error) => this.#fail(seat, error));
    this.#seats.push(seat);
    return seat;
  }

  #fail(seat: Seat, error: unknown): void {
    this.#seats.splice(this.#seats.indexOf(seat), 1);
    for (const task of seat.running.values()) task.reject(error);
    if (!this.#closed) this.#dispatch();
  }
}
