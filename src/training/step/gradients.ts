import * as tf from '@tensorflow/tfjs-core';
import { flatten, type Layout } from '../flat.js';

/** What a network's loss is made of: the sum that is lowered, and its parts by their names in the log. */
export interface Losses {
  readonly total: tf.Scalar;
  readonly parts: Record<string, tf.Scalar>;
}

/** For every weight, how much the loss grows if that weight grows a little: float32 [weights]. */
export interface Gradient<Extra extends tf.NamedTensorMap = Record<never, never>> {
  readonly vector: tf.Tensor1D;
  readonly parts: Record<string, tf.Scalar>;
  /** Of the parts that are wanted for each sample of the batch: float32 [n]. */
  readonly samples?: Record<string, tf.Tensor1D>;
  /** Whatever else `f` hands out. */
  readonly extra: Extra;
}

/** A network's variables and where they lie in the vector. */
export interface Weights {
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly layout: Layout;
}

/**
 * The gradient of the losses that `f` computes. The engine notes each operation of `f`, then walks that list
 * backwards and applies the chain rule of calculus to each; so all gradients together cost about twice what
 * `f` does. Call it within tf.tidy: what it returns belongs to the caller's scope.
 */
export function gradientOf<Extra extends tf.NamedTensorMap>(
  { parameters, layout }: Weights,
  f: () => Losses & { readonly extra: Extra },
): Gradient<Extra> {
  // variableGrads disposes of everything that f has made, but for its result.
  const kept: { parts: Record<string, tf.Scalar>; extra: Extra }[] = [];
  const { grads } = orClean(
    () =>
      tf.variableGrads(() => {
        const { total, parts, extra } = f();
        for (const tensor of [...Object.values(parts), ...Object.values(extra)]) tf.keep(tensor);
        kept.push({ parts, extra });
        return total;
      }, [...parameters.values()]),
    () => tf.dispose(kept),
  );
  // tfjs names gradients by its variables' own names; we go by the parameters' names.
  const byName = new Map(
    [...parameters].flatMap(([name, p]) => (grads[p.name] ? [[name, grads[p.name]!] as const] : [])),
  );
  const vector = flatten(layout, byName);
  const { parts, extra } = kept[0]!;
  return { vector, parts: released(parts), extra: released(extra) };
}

/** Should `use` throw, what tfjs has saved for the way back goes as well: it does that only when all went well. */
function orClean<T>(use: () => T, clean: () => void): T {
  try {
    return use();
  } catch (error) {
    clean();
    const { state } = tf.engine();
    const tape = state.activeTape as typeof state.activeTape | null;
    if (state.gradientDepth === 0) for (const { saved } of tape ?? []) tf.dispose(saved ?? []);
    throw error;
  }
}

/** Hands kept tensors over to the scope we are in now. */
function released<T extends tf.NamedTensorMap>(tensors: T): T {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    const own = tf.clone(tensor);
    tensor.dispose();
    return [name, own] as const;
  });
  return Object.fromEntries(entries) as T;
}

/** The sum of some losses. */
export const total = (parts: Record<string, tf.Scalar>): tf.Scalar =>
  Object.values(parts).reduce((sum, part) => tf.add<tf.Scalar>(sum, part));
