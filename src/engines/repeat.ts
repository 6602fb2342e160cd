import * as tf from '@tensorflow/tfjs-core';

/** Something that is computed again and again, each time with other values. */
export interface Work<Note> {
  /** Where this, and the shapes of the inputs, are the same, `compute` asks for the same operations. */
  readonly key: string;
  /** Uploaded for this time; they are the caller's to dispose of. */
  readonly inputs: readonly tf.Tensor[];
  /** Whatever else changes from time to time and is read, and all that is assigned. */
  readonly variables: readonly tf.Variable[];
  /** Run within tf.tidy. What it tells besides depends on `key` only. */
  readonly compute: () => { readonly result: tf.Tensor1D; readonly note: Note };
}

export interface Done<Note> {
  readonly values: Float32Array;
  readonly note: Note;
}

/** Does work that is repeated; where an engine can, without running `compute` each time. */
export interface Repeater<Note> {
  run(work: Work<Note>): Promise<Done<Note>>;
  dispose(): void;
}

/** A backend that knows how to repeat. */
export interface RepeatingBackend {
  repeater<Note>(): Repeater<Note>;
}

/**
 * A repeater of the engine that is in use.
 * @param repeats false for work that depends on more than `Work` says; it is then computed anew each time
 */
export function createRepeater<Note>(repeats: boolean): Repeater<Note> {
  const backend = tf.backend() as Partial<RepeatingBackend>;
  return (repeats && backend.repeater?.()) || { run: computeAnew, dispose: () => {} };
}

/** Runs `compute`, and waits for its result. */
async function computeAnew<Note>(work: Work<Note>): Promise<Done<Note>> {
  const { result, note } = begin(work);
  try {
    return { values: await result.data<'float32'>(), note };
  } finally {
    result.dispose();
  }
}

/** Runs `compute`; its result is the caller's to dispose of. */
export function begin<Note>({ compute }: Work<Note>): { result: tf.Tensor1D; note: Note } {
  const notes: Note[] = [];
  const result = tf.tidy(() => {
    const done = compute();
    notes.push(done.note);
    return done.result;
  });
  return { result, note: notes[0]! };
}
