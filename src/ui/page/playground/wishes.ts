import type { Operation } from './state.js';

/** A change, or another view, that is to be asked for. */
export interface Wish {
  readonly operation?: Operation;
  readonly since: number;
  /** The step to open afterwards: where it will be. */
  readonly select?: string;
}

type SetOperation = Extract<Operation, { op: 'set' }>;

export const isSet = (operation: Operation | undefined): operation is SetOperation => operation?.op === 'set';

export const targetOf = (path: readonly (string | number)[], key: readonly string[]): string =>
  `${path.join('.')}|${key.join('.')}`;

const isSame = (a: Operation | undefined, b: Operation | undefined): boolean =>
  (isSet(a) && isSet(b) && targetOf(a.path, a.key) === targetOf(b.path, b.key)) || (!a && !b);

/** What waits while a request is under way: of changes of one value only the last. */
export class Wishes {
  #waiting: Wish[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  add(wish: Wish): void {
    const last = this.#waiting.at(-1);
    if (last && isSame(last.operation, wish.operation)) this.#waiting.pop();
    this.#waiting.push(wish);
  }

  next(): Wish | undefined {
    return this.#waiting.shift();
  }

  /** Steps are elsewhere now; wishes for those that are gone only look. */
  redirect(moved: (key: string) => string | undefined): void {
    this.#waiting = this.#waiting.map((wish) => ({
      ...wish,
      operation: wish.operation && redirected(wish.operation, moved),
    }));
  }
}

function redirected(operation: Operation, moved: (key: string) => string | undefined): Operation | undefined {
  if (operation.op === 'text' || operation.op === 'insert') return operation;
  const to = moved(operation.path.join('.'));
  return to === undefined ? undefined : { ...operation, path: to.split('.').map(partOf) };
}

const partOf = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);
