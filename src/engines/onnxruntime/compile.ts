import { encodeModel, type OnnxNode } from '../../formats/onnx/model.js';
import { plain } from './graph/forms.js';
import { Graph, MICROSOFT, NCHWC, type Target } from './graph/graph.js';
import { Value } from './graph/value.js';
import type { Node } from './node.js';
import type { Plan } from './plan.js';

/** The name of the graph's input for a plan's leaf of that index. */
export const inputName = (leaf: number): string => `in${leaf}`;

export interface Compiled {
  /** An ONNX model. */
  readonly model: Uint8Array;
  /** The name of the graph's output for each root of the plan. */
  readonly outputs: readonly string[];
}

/** Writes what a plan computes as an ONNX model. */
export function compile({ order, leaves, roots }: Plan, target: Target): Compiled {
  const graph = new Graph(target);
  const uses = usesOf(order, roots);
  const values: Value[] = [];
  let fed = 0;
  for (const node of order) {
    const inputs = node.inputs.map(({ index }) => values[index]!);
    const value = node.stored
      ? new Value(node.shape, node.dtype, { plain: inputName(fed++) })
      : node.operation.lower(graph, inputs, node);
    value.uses += uses[node.index]!;
    values.push(value);
  }
  const outputs = nameOutputs(
    graph,
    roots.map(({ index }) => plain(graph, values[index]!)),
  );
  const model = encodeModel({
    // onnxruntime sorts nodes itself: it walks back from the results, to the node written last first. In the order
    // in which they were made, all gradients of weights would be left to the end, and what they are made of kept.
    nodes: needed(graph.nodes, outputs).toReversed(),
    initializers: graph.initializers,
    inputs: leaves.map(({ shape, dtype }, i) => ({ name: inputName(i), type: dtype, shape })),
    outputs: roots.map(({ shape, dtype }, i) => ({ name: outputs[i]!, type: dtype, shape })),
    opsets: { '': 20, [MICROSOFT]: 1, [NCHWC]: 1 },
    irVersion: 10,
  });
  return { model, outputs };
}

/** Without nodes whose results nobody reads, since something quicker was found for what was to be done with them. */
function needed(nodes: readonly OnnxNode[], outputs: readonly string[]): OnnxNode[] {
  const read = new Set(outputs);
  return nodes
    .toReversed()
    .filter((node) => {
      const wanted = node.outputs.some((name) => read.has(name));
      if (wanted) for (const name of node.inputs) read.add(name);
      return wanted;
    })
    .toReversed();
}

function usesOf(order: readonly Node[], roots: readonly Node[]): number[] {
  const uses = order.map(() => 0);
  const inputs = order.flatMap((node) => (node.stored ? [] : node.inputs));
  for (const { index } of [...inputs, ...roots]) uses[index]!++;
  return uses;
}

/** Outputs must be results of nodes, and no two the same. */
function nameOutputs(graph: Graph, names: readonly string[]): string[] {
  const free = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  return names.map((name, i) => {
    if (free.delete(name)) return name;
    const copy = `out${i}`;
    graph.nodes.push({ op: 'Identity', inputs: [name], outputs: [copy] });
    return copy;
  });
}
