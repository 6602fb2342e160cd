import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Compiled, compile } from './compile.js';
import type { Target } from './graph/graph.js';
import { type Pool, Stored } from './memory.js';
import type { Plan } from './plan.js';
import type { Port } from './ports.js';
import type { Form } from './recording.js';
import { createSession, createSyncSession, type Session, type SyncSession } from './sessions.js';

/** What a run reads and delivers. */
export interface Bound {
  readonly leaves: readonly Stored[];
  readonly roots: readonly Form[];
}

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

  /** @returns the values of the roots */
  async run(bound: Bound, pool: Pool): Promise<Stored[]> {
    this.#session ??= await createSession(this.#compiled.model, this.options);
    const results = outputsOf(bound, pool);
    await this.#session.run(this.#feeds(bound), this.#fetches(results));
    return results;
  }

  runSync(bound: Bound, pool: Pool): Stored[] {
    this.#syncSession ??= createSyncSession(this.#compiled.model, this.options);
    const results = outputsOf(bound, pool);
    this.#syncSession.run(this.#feeds(bound), this.#fetches(results));
    return results;
  }

  release(): void {
    this.#session?.release();
    this.#syncSession?.release();
  }

  #feeds({ leaves }: Bound): Record<string, Tensor> {
    return named(leaves.map((leaf, i) => [leaf, this.#compiled.inputs[i]!]));
  }

  #fetches(results: readonly Stored[]): Record<string, Tensor> {
    return named(results.map((result, i) => [result, this.#compiled.outputs[i]!]));
  }
}

const named = (all: readonly (readonly [Stored, readonly Port[]])[]): Record<string, Tensor> =>
  Object.fromEntries(
    all.flatMap(([stored, own]) => own.map((port) => [port.name, stored.tensor(port)] as const)),
  );

const outputsOf = ({ roots }: Bound, pool: Pool): Stored[] =>
  roots.map(({ shape, dtype }) => Stored.take(pool, shape, dtype));
