import { type Pool, Stored } from './memory.js';
import type { Node } from './node.js';

/** The node in whose values those of a view lie, and where they begin. */
export function baseOf(node: Node): { base: Node; offset: number } {
  let base = node;
  let offset = 0;
  while (!base.stored && base.operation.view !== undefined) {
    offset += base.operation.view;
    base = base.inputs[0]!;
  }
  return { base, offset };
}

/** Gives a node its values if that takes no arithmetic: parts of values that are there, and constants. */
export function settleAtOnce(node: Node, pool: Pool): boolean {
  if (node.stored) return true;
  const { constant } = node.operation;
  if (constant !== undefined) {
    const stored = Stored.take(pool, node.shape, node.dtype);
    stored.values.fill(constant);
    node.settle(stored);
    return true;
  }
  if (node.operation.joins) return join(node, pool);
  const { base, offset } = baseOf(node);
  if (!base.stored) return false;
  node.settle(base.stored.part(offset, node.shape, node.dtype));
  return true;
}

/** Values that are there already, one after the other. */
function join(node: Node, pool: Pool): boolean {
  if (!node.inputs.every((input) => settleAtOnce(input, pool))) return false;
  const stored = Stored.take(pool, node.shape, node.dtype);
  let offset = 0;
  for (const input of node.inputs) {
    const { values } = input.stored!;
    stored.values.set(values, offset);
    offset += values.length;
  }
  node.settle(stored);
  return true;
}
