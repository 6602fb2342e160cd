import { createRequire } from 'node:module';
import * as ort from 'onnxruntime-node';

type Tensors = Readonly<Record<string, ort.Tensor>>;
type Options = ort.InferenceSession.SessionOptions;

/** A compiled graph; results go to the memory of `fetches`. */
export interface Session {
  run(feeds: Tensors, fetches: Tensors): Promise<unknown>;
  release(): void;
}

export interface SyncSession {
  run(feeds: Tensors, fetches: Tensors): unknown;
  release(): void;
}

export async function createSession(model: Uint8Array, options: Options): Promise<Session> {
  const session = await ort.InferenceSession.create(model, options);
  return {
    run: (feeds, fetches) => session.run(feeds, fetches),
    release: () => void session.release(),
  };
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: Options): void;
  run(feeds: Tensors, fetches: Tensors, options: object): unknown;
  dispose(): void;
}

interface Binding {
  readonly binding: { readonly InferenceSession: new () => NativeSession };
  readonly initOrt: () => void;
}

/**
 * The same without waiting. onnxruntime-node has only asynchronous calls to offer, which all the same block
 * the thread; `dataSync` of tfjs must not return before the values are there, so here the binding below is
 * used, which is not part of the package's documented interface.
 * @throws Error where this version of onnxruntime-node has no such binding
 */
export function createSyncSession(model: Uint8Array, options: Options): SyncSession {
  const { binding, initOrt } = loadBinding();
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  return {
    run: (feeds, fetches) => session.run(feeds, fetches, {}),
    release: () => session.dispose(),
  };
}

function loadBinding(): Binding {
  try {
    return createRequire(import.meta.url)('onnxruntime-node/dist/binding.js') as Binding;
  } catch (cause) {
    throw new Error(
      'dataSync is not possible with this version of onnxruntime-node: use `await tensor.data()`.',
      { cause },
    );
  }
}

/** Keeps what was used last, up to a number of entries, and releases the rest. */
export class Recent<T extends { release(): void }> {
  readonly #entries = new Map<string, T>();

  constructor(private readonly capacity: number) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  add(key: string, entry: T): T {
    this.#entries.set(key, entry);
    for (const [oldest, stale] of this.#entries) {
      if (this.#entries.size <= this.capacity) break;
      this.#entries.delete(oldest);
      stale.release();
    }
    return entry;
  }

  clear(): void {
    for (const entry of this.#entries.values()) entry.release();
    this.#entries.clear();
  }
}
