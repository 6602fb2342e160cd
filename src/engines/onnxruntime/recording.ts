import { isDeepStrictEqual } from 'node:util';
import type { Stored } from './memory.js';
import { type Dtype, type Node, release, type Shape } from './node.js';
import type { Plan } from './plan.js';
import { baseOf } from './views.js';

export interface Form {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** Values of one of the nodes that come from outside, an input or a variable, from `offset` on. */
interface From extends Form {
  readonly node: number;
  readonly offset: number;
}

/** Values of one of the run's results, from `offset` on. */
export interface Part {
  readonly root: number;
  readonly offset: number;
  readonly shape: Shape;
}

/** What a run of a graph was made of, in terms of what came in from outside and what went out. */
export interface Recording {
  /** Of the plan. */
  readonly key: string;
  /** For each leaf of the plan; undefined for a constant. */
  readonly leaves: readonly (From | undefined)[];
  /** For each leaf that is one. */
  readonly constants: readonly (Node | undefined)[];
  readonly roots: readonly Form[];
  readonly result: Part;
  /** What each variable is assigned; undefined where it stays as it is. */
  readonly variables: readonly (Part | undefined)[];
}

/**
 * @param outside nodes of inputs, and then of variables, before the computation; all with values
 * @param after nodes of the variables after it
 * @returns undefined where another run of the same graph need not do the same; to be given to `forget` otherwise
 */
export function record(
  plan: Plan,
  outside: readonly Node[],
  after: readonly Node[],
  result: Node,
): Recording | undefined {
  // What is one node now may be two the next time.
  if (new Set(outside).size < outside.length) return undefined;
  const find = finder(outside);
  const leaves = plan.leaves.map(find);
  const roots = new Map(plan.roots.map((node, i) => [node, i]));
  const claimed = new Set<number>();
  const partOf = (node: Node): Part | undefined => {
    const { base, offset } = roots.has(node) ? { base: node, offset: 0 } : baseOf(node);
    const root = roots.get(base);
    if (root === undefined) return undefined;
    claimed.add(root);
    return { root, offset, shape: node.shape };
  };
  const end = partOf(result);
  const variables = after.map(partOf);
  const before = outside.slice(outside.length - after.length);
  const explained = variables.every((part, i) => part !== undefined || after[i] === before[i]);
  if (!end || !explained || claimed.size < plan.roots.length) return undefined;
  const constants = plan.leaves.map((leaf, i) => (leaves[i] ? undefined : leaf));
  for (const node of constants) if (node) node.uses++;
  const forms = plan.roots.map(({ shape, dtype }) => ({ shape, dtype }));
  return { key: plan.key, leaves, constants, roots: forms, result: end, variables };
}

/** Gives back what a recording holds. */
export function forget({ constants }: Recording): void {
  release(constants.filter((node) => node !== undefined));
}

/** Whether two recordings are of the same work, constants included. */
export function agree({ constants, ...a }: Recording, { constants: others, ...b }: Recording): boolean {
  const same = (node: Node | undefined, other: Node | undefined): boolean =>
    node === other || isDeepStrictEqual(node?.stored?.values, other?.stored?.values);
  return isDeepStrictEqual(a, b) && constants.every((node, i) => same(node, others[i]));
}

/** Finds the node from outside that a leaf is, or in whose values its own lie. */
function finder(outside: readonly Node[]): (leaf: Node) => From | undefined {
  const byNode = new Map(outside.map((node, i) => [node, i]));
  const byBuffer = new Map<ArrayBufferLike, number[]>();
  outside.forEach(({ stored }, i) => {
    const { buffer } = stored!.values;
    byBuffer.set(buffer, [...(byBuffer.get(buffer) ?? []), i]);
  });
  return (leaf) => {
    const { shape, dtype, stored } = leaf;
    const itself = byNode.get(leaf);
    if (itself !== undefined) return { node: itself, offset: 0, shape, dtype };
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = stored!.values;
    const size = (i: number): number => outside[i]!.stored!.values.length;
    // The narrowest: a layer's weights rather than the vector of all weights.
    const [node] = (byBuffer.get(buffer) ?? [])
      .filter((i) => holds(outside[i]!.stored!.values, stored!.values))
      .sort((i, k) => size(i) - size(k));
    if (node === undefined) return undefined;
    const offset = (byteOffset - outside[node]!.stored!.values.byteOffset) / BYTES_PER_ELEMENT;
    return { node, offset, shape, dtype };
  };
}

const holds = (whole: Stored['values'], part: Stored['values']): boolean =>
  part.byteOffset >= whole.byteOffset &&
  part.byteOffset + part.byteLength <= whole.byteOffset + whole.byteLength;
