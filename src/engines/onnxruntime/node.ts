import type { Graph } from './graph/graph.js';
import type { Value } from './graph/value.js';
import type { Stored } from './memory.js';

export type Shape = readonly number[];
export type Dtype = 'float32' | 'int32' | 'bool';

/** What a node computes. */
export interface Operation {
  /** Tells operations apart that are written to the graph differently: kernel and attributes. */
  readonly key: string;
  /** Writes the operation, inputs already written, to a graph. */
  lower(graph: Graph, inputs: readonly Value[], node: Node): Value;
  /** Every value is this number. */
  readonly constant?: number;
  /** The values are those of the first input from this index on. */
  readonly view?: number | undefined;
  /** The values are those of all inputs, one after the other. */
  readonly joins?: boolean;
}

/**
 * One tensor: an operation still to be done or, once `stored` is there, its result.
 *
 * `handles` counts the data ids of tfjs that stand for it, `uses` these and the nodes that have it as input.
 * Counting rather than garbage collection decides, so that memory can be used again at once.
 */
export class Node {
  handles = 0;
  uses = 0;
  stored: Stored | undefined;
  /** Position in the flush under way; see plan.ts. */
  index = 0;
  flush = 0;

  constructor(
    readonly operation: Operation,
    public inputs: readonly Node[],
    readonly shape: Shape,
    readonly dtype: Dtype,
  ) {
    for (const input of inputs) input.uses++;
  }

  settle(stored: Stored): void {
    this.stored = stored;
    const inputs = this.inputs;
    this.inputs = [];
    release(inputs);
  }
}

/** One use less of each node; those without any give back their memory and their inputs. */
export function release(nodes: readonly Node[]): void {
  const waiting = [...nodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (--node.uses > 0) continue;
    node.stored?.release();
    waiting.push(...node.inputs);
    node.inputs = [];
  }
}

const leaf: Operation = {
  key: 'leaf',
  lower: () => {
    throw new Error('A leaf has its values from the start.');
  },
};

/** A node that has its values from the start. */
export function leafNode(stored: Stored, shape: Shape, dtype: Dtype): Node {
  const node = new Node(leaf, [], shape, dtype);
  node.stored = stored;
  return node;
}
