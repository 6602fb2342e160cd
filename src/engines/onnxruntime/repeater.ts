import { engine, tidy, type Variable } from '@tensorflow/tfjs-core';
import { begin, type Done, type Repeater, type Work } from '../repeat.js';
import type { OnnxBackend } from './backend.js';
import type { Stored } from './memory.js';
import { leafNode, type Node, release } from './node.js';
import { agree, forget, type Part, type Recording, record } from './recording.js';

interface Known<Note> {
  readonly recording: Recording;
  readonly note: Note;
  /** Whether the one before it was the same. */
  readonly confirmed: boolean;
}

/** Work that is not twice the same in so many times is recorded no longer. */
const TRIES = 8;

/**
 * Repeats work without asking tfjs for its operations. It records the graph and which of its leaves are inputs,
 * variables and constants; when two recordings in a row are the same, the third time only runs the graph.
 */
export class OnnxRepeater<Note> implements Repeater<Note> {
  readonly #known = new Map<string, Known<Note>>();
  readonly #tries = new Map<string, number>();

  constructor(private readonly backend: OnnxBackend) {}

  async run(work: Work<Note>): Promise<Done<Note>> {
    const key = `${work.key} ${work.inputs.map(({ shape, dtype }) => `${dtype} ${shape}`)}`;
    const known = this.#known.get(key);
    const values = known?.confirmed ? await this.#repeat(known.recording, work) : undefined;
    return values ? { values, note: known!.note } : this.#compute(key, work);
  }

  dispose(): void {
    for (const key of [...this.#known.keys()]) this.#forget(key);
  }

  async #compute(key: string, work: Work<Note>): Promise<Done<Note>> {
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    const outside = tries > TRIES ? undefined : this.#outside(work);
    const { result, note } = begin(work);
    try {
      const after = work.variables.map((variable) => this.backend.held(variable));
      const recording = outside && record(this.backend.plan(), outside, after, this.backend.held(result));
      const values = await this.#read(result, recording);
      this.#learn(key, recording, note);
      return { values, note };
    } finally {
      result.dispose();
    }
  }

  async #read(result: { data(): Promise<unknown> }, recording?: Recording): Promise<Float32Array> {
    try {
      return (await result.data()) as Float32Array;
    } catch (error) {
      if (recording) forget(recording);
      throw error;
    }
  }

  #learn(key: string, recording: Recording | undefined, note: Note): void {
    const before = this.#known.get(key);
    const confirmed = recording !== undefined && before !== undefined && agree(before.recording, recording);
    this.#forget(key);
    if (recording) this.#known.set(key, { recording, note, confirmed });
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (known) forget(known.recording);
    this.#known.delete(key);
  }

  /** The nodes of inputs and variables; undefined while one of them is still to be computed. */
  #outside({ inputs, variables }: Work<Note>): Node[] | undefined {
    const nodes = [...inputs, ...variables].map((tensor) => this.backend.held(tensor));
    return nodes.every((node) => this.backend.isThere(node)) ? nodes : undefined;
  }

  /** Runs the graph on the values of now; undefined where that cannot be done. */
  async #repeat(recording: Recording, work: Work<Note>): Promise<Float32Array | undefined> {
    const outside = this.#outside(work);
    if (!outside) return undefined;
    const leaves = recording.leaves.map((from, i) => {
      if (!from) return recording.constants[i]!.stored!.shared();
      return outside[from.node]!.stored!.part(from.offset, from.shape, from.dtype);
    });
    try {
      const results = await this.backend.repeat(recording.key, leaves, recording.roots);
      return results && this.#deliver(recording, results, work.variables);
    } finally {
      for (const leaf of leaves) leaf.release();
    }
  }

  #deliver(recording: Recording, results: readonly Stored[], variables: readonly Variable[]): Float32Array {
    const part = ({ root, offset, shape }: Part): Node => {
      const { dtype } = recording.roots[root]!;
      return leafNode(results[root]!.part(offset, shape, dtype), shape, dtype);
    };
    recording.variables.forEach((to, i) => {
      if (to) this.#assign(variables[i]!, part(to));
    });
    const result = part(recording.result);
    result.uses++;
    const values = result.stored!.values.slice() as Float32Array;
    release([result]);
    for (const stored of results) stored.release();
    return values;
  }

  #assign(variable: Variable, node: Node): void {
    const { shape, dtype } = variable;
    const dataId = this.backend.hold(node);
    tidy(() => variable.assign(engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, this.backend)));
  }
}
