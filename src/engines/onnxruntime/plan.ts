import type { Pool } from './memory.js';
import type { Node } from './node.js';
import { settleAtOnce } from './views.js';

/** What one run computes: nodes in an order in which inputs come first. */
export interface Plan {
  readonly order: readonly Node[];
  /** Nodes whose values are fed to the run. */
  readonly leaves: readonly Node[];
  readonly roots: readonly Node[];
  /** Equal for plans that need the same graph. */
  readonly key: string;
}

let flushes = 0;

/** Lists what `roots` need, each node once, inputs before what uses them. */
export function makePlan(roots: readonly Node[], pool: Pool): Plan {
  const flush = ++flushes;
  const order: Node[] = [];
  const leaves: Node[] = [];
  const text: string[] = [];
  const stack: Node[] = [];
  const visit = (root: Node): void => {
    stack.push(root);
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (node.flush === flush) {
        stack.pop();
        continue;
      }
      const depth = stack.length;
      if (node.operation.view !== undefined) settleAtOnce(node, pool);
      if (!node.stored) for (const input of node.inputs) if (input.flush !== flush) stack.push(input);
      if (stack.length > depth) continue;
      stack.pop();
      node.flush = flush;
      node.index = order.length;
      order.push(node);
      if (node.stored) leaves.push(node);
      text.push(describe(node));
    }
  };
  for (const root of roots) visit(root);
  text.push(`> ${roots.map(({ index }) => index).join()}`);
  return { order, leaves, roots, key: text.join('\n') };
}

function describe(node: Node): string {
  if (node.stored) return `leaf ${node.dtype} ${node.shape}`;
  let inputs = '';
  for (const input of node.inputs) inputs += ` ${input.index}`;
  return `${node.operation.key}${inputs} ${node.dtype} ${node.shape}`;
}
