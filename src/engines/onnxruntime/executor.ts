import type { InferenceSession } from 'onnxruntime-node';
import type { Target } from './graph/graph.js';
import { Pool, type Stored } from './memory.js';
import { type Node, release } from './node.js';
import { makePlan, type Plan } from './plan.js';
import { type Bound, Program } from './program.js';
import type { Form } from './recording.js';
import { Recent } from './sessions.js';
import { baseOf, settleAtOnce } from './views.js';

const PROGRAMS = 64;

/** Computes pending nodes; each kind of graph is compiled once. */
export class Executor {
  readonly pool = new Pool();
  /** How many graphs have been compiled. */
  compilations = 0;
  /** How many runs were repetitions. */
  repetitions = 0;
  readonly #programs = new Recent<Program>(PROGRAMS);

  constructor(
    private readonly target: Target,
    private readonly options: InferenceSession.SessionOptions,
  ) {}

  async compute(pending: ReadonlySet<Node>): Promise<void> {
    const plan = this.#begin(pending);
    try {
      settleAll(plan, await this.#program(plan).run(bound(plan), this.pool));
    } finally {
      this.#end(plan);
    }
  }

  computeSync(pending: ReadonlySet<Node>): void {
    const plan = this.#begin(pending);
    try {
      settleAll(plan, this.#program(plan).runSync(bound(plan), this.pool));
    } finally {
      this.#end(plan);
    }
  }

  plan(pending: ReadonlySet<Node>): Plan {
    return makePlan(rootsOf(pending, this.pool), this.pool);
  }

  /** Runs a graph by the key of its plan; undefined when it is no longer kept. */
  async repeat(
    key: string,
    leaves: readonly Stored[],
    roots: readonly Form[],
  ): Promise<Stored[] | undefined> {
    const program = this.#programs.get(key);
    if (!program) return undefined;
    this.repetitions++;
    this.pool.age();
    return program.run({ leaves, roots }, this.pool);
  }

  dispose(): void {
    this.#programs.clear();
  }

  #begin(pending: ReadonlySet<Node>): Plan {
    this.pool.age();
    const plan = this.plan(pending);
    // What is read and written must not be given away while an asynchronous run lasts.
    for (const node of [...plan.leaves, ...plan.roots]) node.uses++;
    return plan;
  }

  #end(plan: Plan): void {
    release([...plan.leaves, ...plan.roots]);
  }

  #program(plan: Plan): Program {
    const known = this.#programs.get(plan.key);
    if (known) return known;
    this.compilations++;
    return this.#programs.add(plan.key, new Program(plan, this.target, this.options));
  }
}

const bound = ({ leaves, roots }: Plan): Bound => ({ leaves: leaves.map(({ stored }) => stored!), roots });

/**
 * Which nodes a run must deliver. Parts of a tensor that is itself kept (a layer's weights within the vector
 * of all weights) are not: once that is there, they are found in it.
 */
function rootsOf(pending: ReadonlySet<Node>, pool: Pool): Node[] {
  return [...pending].filter((node) => {
    if (settleAtOnce(node, pool)) return false;
    const { base } = baseOf(node);
    return base === node || base.handles === 0;
  });
}

function settleAll({ roots }: Plan, results: readonly Stored[]): void {
  roots.forEach((node, i) => {
    // Another run may have been first.
    if (node.stored) results[i]!.release();
    else node.settle(results[i]!);
  });
}
