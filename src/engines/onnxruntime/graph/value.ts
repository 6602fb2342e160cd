import type { Dtype, Shape } from '../node.js';
import type { Graph } from './graph.js';
import type { Sum } from './sum.js';

/**
 * Names of the same image batch in up to four orders of its values.
 * - plain: as tfjs has it, [n, h, w, c]; any other tensor has only this form
 * - nchw: channels first, [n, c, h, w]
 * - blocked: [n, c / block, h, w, block], declared to onnxruntime as [n, c, h, w]; its fastest convolutions
 *   read and write this order
 * - phases: [5, c / block, n, h / 4, w, block], of each picture the rows 0, 4, 8 ..., then the rows 1, 5, 9 ..., and so on;
 *   last, as many zeros as each of these four. The convolutions of conv-rows.ts read and write this order
 */
export interface Forms {
  plain?: string;
  nchw?: string;
  blocked?: string;
  phases?: string;
}

/** A tensor within a graph that is being written. */
export class Value {
  readonly #forms: Forms;
  #write: (() => Forms) | undefined;
  /** By how many operations it is read, and whether it is a result of the whole graph. */
  uses = 0;

  /** @param forms or what writes the operation, called when a form of its result is first wanted */
  constructor(
    readonly shape: Shape,
    readonly dtype: Dtype,
    forms: Forms | (() => Forms),
    readonly more: {
      /** The name of the one number that is in every place. */
      readonly uniform?: string;
      /** The same operation followed by a leaky ReLU, where both can be one. */
      readonly withLeakyRelu?: (slope: number) => Value;
      /** The image batches, each of whole blocks, whose channels are put side by side in this one. */
      readonly parts?: readonly Value[];
      /** Some of its channels, computed without the others. */
      readonly channels?: (from: number, count: number) => Value;
      /** The image batch of which this is a multiple. */
      readonly multiple?: { readonly of: Value; readonly factor: Value };
      /** What it is the sum of. */
      readonly sum?: Sum;
      /** The image whose pixels, each repeated 2 x 2 times, this is. */
      readonly repeated?: Value;
      /** Of a long vector, the names of its pieces, see pieces.ts. */
      readonly pieces?: () => readonly string[];
      /** The sums of its squares of 2 x 2 pixels, where they are quicker to compute than all pixels. */
      readonly squareSums?: (shape: Shape) => Value;
    } = {},
  ) {
    this.#forms = typeof forms === 'function' ? {} : forms;
    this.#write = typeof forms === 'function' ? forms : undefined;
  }

  get forms(): Forms {
    if (this.#write) {
      Object.assign(this.#forms, this.#write());
      this.#write = undefined;
    }
    return this.#forms;
  }
}

/** A tensor of the same number in every place, written out only where that is needed. */
export const uniformValue = (graph: Graph, shape: Shape, dtype: Dtype, uniform: string): Value =>
  new Value(
    shape,
    dtype,
    () => ({ plain: shape.length === 0 ? uniform : graph.op('Expand', [uniform, graph.ints(shape)]) }),
    { uniform },
  );

/** The form an operation on these values should work in: the one that is there already, fast ones first. */
export function commonForm(values: readonly Value[]): 'plain' | 'nchw' | 'blocked' {
  if (values.some(({ forms }) => forms.blocked ?? forms.phases)) return 'blocked';
  return values.some(({ forms }) => forms.nchw) ? 'nchw' : 'plain';
}
