import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Compiled, compile, inputName } from './compile.js';
import type { Target } from './graph/graph.js';
import { type Pool, Stored } from './memory.js';
import type { Plan } from './plan.js';
import { createSession, createSyncSession, type Session, type SyncSession } from './sessions.js';

/** A plan's graph with its sessions, which are made when they are first wanted. */
export class Program {
  readonly #compiled: Compiled;
  #session: Session | undefined;
  #syncSession: SyncSession | undefined;

  constructor(
    plan: Plan,
    target: Target,
    private readonly options: InferenceSession.SessionOptions,
  ) {
    this.#compiled = compile(plan, target);
  }

  /** @returns the values of the plan's roots */
  async run(plan: Plan, pool: Pool): Promise<Stored[]> {
    this.#session ??= await createSession(this.#compiled.model, this.options);
    const results = outputsOf(plan, pool);
    await this.#session.run(this.#feeds(plan), this.#fetches(results));
    return results;
  }

  runSync(plan: Plan, pool: Pool): Stored[] {
    this.#syncSession ??= createSyncSession(this.#compiled.model, this.options);
    const results = outputsOf(plan, pool);
    this.#syncSession.run(this.#feeds(plan), this.#fetches(results));
    return results;
  }

  release(): void {
    this.#session?.release();
    this.#syncSession?.release();
  }

  #feeds({ leaves }: Plan): Record<string, Tensor> {
    return Object.fromEntries(leaves.map(({ stored }, i) => [inputName(i), stored!.tensor]));
  }

  #fetches(results: readonly Stored[]): Record<string, Tensor> {
    return Object.fromEntries(results.map(({ tensor }, i) => [this.#compiled.outputs[i]!, tensor]));
  }
}

const outputsOf = ({ roots }: Plan, pool: Pool): Stored[] =>
  roots.map(({ shape, dtype }) => Stored.take(pool, shape, dtype));
