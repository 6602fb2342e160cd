import { sharedMemory } from './memory.js';

/** A stretch of shared memory. Its offset may change while it is not pinned: read it anew after every wait. */
export interface Block {
  readonly bytes: number;
  readonly memory: WebAssembly.Memory;
  readonly offset: number;
  /** Holds the block in place while another thread works on it; give every pin back with `unpin`. */
  pin(): void;
  unpin(): void;
  /** Gives the memory back; calling it again does nothing. */
  release(): void;
}

class ArenaBlock implements Block {
  pins = 0;
  open = true;

  constructor(
    readonly arena: Arena,
    readonly bytes: number,
    readonly memory: WebAssembly.Memory,
    public offset: number,
  ) {}

  pin(): void {
    this.pins++;
  }

  unpin(): void {
    this.pins--;
    this.arena.settle();
  }

  release(): void {
    if (!this.open) return;
    this.open = false;
    this.arena.free(this);
  }
}

interface Request {
  readonly bytes: number;
  readonly grant: (block: Block) => void;
}

/**
 * Memory for decoded images: one shared WebAssembly memory, made once, so that worker threads and their kernels
 * work on pixels where they lie, the memory in use cannot exceed the budget whatever the garbage collector does,
 * and pages are touched for the first time only once (on virtual machines that costs more than copying).
 *
 * Blocks are granted first come, first served. When the free memory suffices but lies in pieces,
 * the blocks are slid together as soon as none of them is pinned. A request larger than the whole
 * arena gets a memory of its own once every block has been given back.
 */
export class Arena {
  readonly capacity: number;
  readonly memory: WebAssembly.Memory;
  #blocks: ArenaBlock[] = [];
  #queue: Request[] = [];
  #held = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.memory = sharedMemory(capacity);
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves with a block of at least that many bytes; rejects with the signal's reason when it aborts first. */
  take(bytes: number, signal?: AbortSignal): Promise<Block> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const rounded = Math.max(64, Math.ceil(bytes / 64) * 64);
      const request: Request = {
        bytes: rounded,
        grant: (block) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(block);
        },
      };
      const onAbort = (): void => {
        this.#queue = this.#queue.filter((waiting) => waiting !== request);
        reject(signal?.reason);
        this.settle();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(request);
      this.settle();
    });
  }

  /** Grants what can be granted; called whenever a block is released or unpinned. */
  settle(): void {
    while (this.#queue.length > 0) {
      const block = this.#place(this.#queue[0].bytes);
      if (!block) return;
      this.#held += block.bytes;
      this.#queue.shift()?.grant(block);
    }
  }

  free(block: ArenaBlock): void {
    this.#blocks = this.#blocks.filter((other) => other !== block);
    this.#held -= block.bytes;
    this.settle();
  }

  #place(bytes: number): ArenaBlock | undefined {
    if (bytes > this.capacity) {
      if (this.#blocks.length > 0) return undefined;
      return this.#insert(0, bytes, sharedMemory(bytes), 0);
    }
    if (this.#held + bytes > this.capacity) return undefined;
    let end = 0;
    for (const [index, block] of this.#blocks.entries()) {
      if (block.offset - end >= bytes) return this.#insert(index, bytes, this.memory, end);
      end = block.offset + block.bytes;
    }
    if (this.capacity - end >= bytes) return this.#insert(this.#blocks.length, bytes, this.memory, end);
    return this.#blocks.some((block) => block.pins > 0) ? undefined : this.#compact(bytes);
  }

  #compact(bytes: number): ArenaBlock {
    const memory = new Uint8Array(this.memory.buffer);
    let end = 0;
    for (const block of this.#blocks) {
      memory.copyWithin(end, block.offset, block.offset + block.bytes);
      block.offset = end;
      end += block.bytes;
    }
    return this.#insert(this.#blocks.length, bytes, this.memory, end);
  }

  #insert(index: number, bytes: number, memory: WebAssembly.Memory, offset: number): ArenaBlock {
    const block = new ArenaBlock(this, bytes, memory, offset);
    this.#blocks.splice(index, 0, block);
    return block;
  }
}
