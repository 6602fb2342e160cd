import type { Operation } from '../../playground/operations.js';
import type {
  Held,
  Json,
  Opening,
  PhotoDetails,
  PhotoEntry,
  RenderAnswer,
  StepNode,
} from '../../playground/wire.js';

export type { Operation };

export interface Look {
  readonly photo: string;
  readonly window: number;
  readonly extent: 'pair' | 'crop';
  readonly draw: number;
}

/** Everything the page shows. */
export interface State {
  readonly opening?: Opening;
  /** Why nothing can be shown. */
  readonly failure?: string;
  /** A short message: what has been done, or why it could not be. */
  readonly said?: string;
  readonly text: string;
  /** The text that is in the file. */
  readonly base: string;
  readonly own: string;
  readonly tree: readonly StepNode[];
  readonly problem?: RenderAnswer['problem'];
  readonly held: Held;
  readonly locked: ReadonlySet<string>;
  readonly look?: Look;
  readonly photos: readonly PhotoEntry[];
  readonly total: number;
  readonly details?: PhotoDetails;
  readonly shots: NonNullable<RenderAnswer['shots']>;
  readonly rows: NonNullable<RenderAnswer['rows']>;
  readonly origins: Held;
  readonly sample?: RenderAnswer['sample'];
  readonly warnings: readonly string[];
  /** The step that is open. */
  readonly selected?: string;
  /** The picture between gt and lq. */
  readonly shown?: string;
  /** Values that are on their way to the server. */
  readonly pending: ReadonlyMap<string, Json>;
  /** Milliseconds from the last change to its pictures, and how many there have been. */
  readonly latency?: number;
  readonly changes: number;
  readonly undos: number;
  readonly redos: number;
}

export const empty: State = {
  text: '',
  base: '',
  own: '',
  tree: [],
  held: {},
  locked: new Set(),
  photos: [],
  total: 0,
  shots: [],
  rows: [],
  origins: {},
  warnings: [],
  pending: new Map(),
  changes: 0,
  undos: 0,
  redos: 0,
};

/** All steps, groups before what is in them. */
export const flat = (steps: readonly StepNode[]): StepNode[] =>
  steps.flatMap((step) => [step, ...flat(step.steps)]);

export const within = (key: string, group: string): boolean => `${key}.`.startsWith(`${group}.`);

/** Whether a step, or a step below it, was applied in this draw. */
export const wasDrawn = ({ rows }: Pick<State, 'rows'>, key: string): boolean =>
  rows.some((row) => within(row.key, key));

export const heldBy = (held: Held, locked: ReadonlySet<string>): Held =>
  Object.fromEntries(Object.entries(held).filter(([key]) => locked.has(key)));
