import { encodeModel, type OnnxNode } from '../../formats/onnx/model.js';
import { plain } from './graph/forms.js';
import { Graph, MICROSOFT, NCHWC, type Target } from './graph/graph.js';
import { inPieces } from './graph/pieces.js';
import { Value } from './graph/value.js';
import type { Node } from './node.js';
import type { Plan } from './plan.js';
import { inputsFor, outputsFor, type Port } from './ports.js';

export interface Compiled {
  /** An ONNX model. */
  readonly model: Uint8Array;
  /** For each leaf and each root of the plan. */
  readonly inputs: readonly (readonly Port[])[];
  readonly outputs: readonly (readonly Port[])[];
}

/** Writes what a plan computes as an ONNX model. */
export function compile({ order, leaves, roots }: Plan, target: Target): Compiled {
  const graph = new Graph(target);
  const uses = usesOf(order, roots);
  const values: Value[] = [];
  const inputs = leaves.map((leaf, i) => inputsFor(`in${i}`, leaf, target));
  let fed = 0;
  for (const node of order) {
    const operands = node.inputs.map(({ index }) => values[index]!);
    const value = node.stored
      ? leafValue(graph, node, inputs[fed++]!)
      : node.operation.lower(graph, operands, node);
    value.uses += uses[node.index]!;
    values.push(value);
  }
  const names = nameOutputs(
    graph,
    roots.map(({ index }) => {
      const value = values[index]!;
      return value.more.pieces?.() ?? [plain(graph, value)];
    }),
  );
  const outputs = names.map((own, i) => outputsFor(own, roots[i]!, target));
  const typed = (nodes: readonly Node[], ports: readonly (readonly Port[])[]) =>
    ports.flatMap((own, i) => own.map(({ name, shape }) => ({ name, type: nodes[i]!.dtype, shape })));
  const model = encodeModel({
    // onnxruntime sorts nodes itself: it walks back from the results, to the node written last first. In the order
    // in which they were made, all gradients of weights would be left to the end, and what they are made of kept.
    nodes: needed(graph.nodes, names.flat()).toReversed(),
    initializers: graph.initializers,
    inputs: typed(leaves, inputs),
    outputs: typed(roots, outputs),
    opsets: { '': 20, [MICROSOFT]: 1, [NCHWC]: 1 },
    irVersion: 10,
  });
  return { model, inputs, outputs };
}

function leafValue(graph: Graph, { shape, dtype }: Node, ports: readonly Port[]): Value {
  return ports.length === 1
    ? new Value(shape, dtype, { plain: ports[0]!.name })
    : inPieces(graph, shape, (_, i) => ports[i]!.name);
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
function nameOutputs(graph: Graph, lists: readonly (readonly string[])[]): string[][] {
  const free = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  return lists.map((names, i) =>
    names.map((name, k) => {
      if (free.delete(name)) return name;
      const copy = `out${i}_${k}`;
      graph.nodes.push({ op: 'Identity', inputs: [name], outputs: [copy] });
      return copy;
    }),
  );
}
