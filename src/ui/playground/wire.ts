// What the page and the server say to each other. Imports nothing, so that both can be checked with it.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How the numbers of an option lie along a slider. */
export interface Scale {
  /** Ends of the slider; the option itself may allow more, up to `least` and `most`. */
  readonly min: number;
  readonly max: number;
  readonly least?: number;
  readonly most?: number;
  readonly step: number;
  readonly whole: boolean;
  /** Equal ratios lie at equal distances. */
  readonly log: boolean;
}

export interface ControlFrame {
  /** Where the value stands below the options of the operator. */
  readonly path: readonly string[];
  /** What it means, as the schema says it. */
  readonly about?: string;
  /** The value where none is written; absent when the option may be left out altogether. */
  readonly fallback?: Json;
}

/** What a page shows for one option of an operator; made from its schema, never written by hand. */
export type Control = ControlFrame &
  (
    | ({ readonly kind: 'number' | 'range' } & Scale)
    | { readonly kind: 'choice' | 'several'; readonly values: readonly (string | number | boolean)[] }
    | {
        readonly kind: 'weights';
        readonly words: readonly { readonly word: string; readonly about?: string }[];
      }
    | { readonly kind: 'flag' }
    | { readonly kind: 'json' }
  );

/** What a page is told of an operator. */
export interface OperatorEntry {
  readonly name: string;
  /** What the plug-in is loaded from. */
  readonly use?: string;
  readonly about: string;
  readonly controls: readonly Control[];
  /** A new step of it that is valid as it stands. */
  readonly starter: Json;
}

export interface Opening {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly scale: number;
  readonly gt_size?: number;
  readonly operators: readonly OperatorEntry[];
  readonly presets: readonly string[];
}

export type StepKind = 'operator' | 'use' | 'preset' | 'steps' | 'one_of' | 'shuffle' | 'repeat' | 'unknown';

/** A step of the stage as a page shows it. */
export interface StepNode {
  /** Its path as one text, e.g. `2.one_of.0`. */
  readonly key: string;
  readonly path: readonly (string | number)[];
  readonly kind: StepKind;
  /** Of the operator, plug-in or preset; else the kind. */
  readonly name: string;
  /** What the plug-in is loaded from. */
  readonly use?: string;
  readonly on?: string;
  readonly per?: string;
  readonly prob: number;
  /** How likely it is among its neighbours; only within one_of. */
  readonly weight?: number;
  /** How often a repeated group comes. */
  readonly times?: readonly [number, number];
  /** Options of the operator with defaults filled in; as they are written where they are wrong. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What is wrong with them. */
  readonly error?: string;
  readonly steps: readonly StepNode[];
  /** Names the draws of the step; absent while the stage is wrong. */
  readonly stream?: string;
}

export interface Problem {
  readonly message: string;
  readonly line?: number;
  readonly remedy?: string;
}

/** Where the draws of a step come from: a seed, and the name of the stream below it. */
export interface Origin {
  readonly seed: string;
  readonly stream: string;
}

/** Draws that are kept although the sample or the place of the step is another by now, by the key of the step. */
export type Held = Readonly<Record<string, Origin>>;

/** A photograph in a list. */
export interface PhotoEntry {
  readonly key: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface PhotoWindow {
  readonly tag: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The sizes at which a photograph is used, and the windows that are cut from them. */
export interface PhotoDetails {
  readonly scales: readonly { readonly tag: string; readonly width: number; readonly height: number }[];
  readonly windows: readonly PhotoWindow[];
}

/** A picture that a page shows. Its bytes (RGB, row by row) go with the answer unless the page has them. */
export interface Shot {
  /** `original`, `gt`, `lq`, or the number of the step among those that were applied. */
  readonly id: string;
  /** The step of the stage that it comes from. */
  readonly key?: string;
  readonly name: string;
  /** Which picture of the pair it is: `gt`, `lq`, `gt and lq`. */
  readonly of: string;
  readonly words: string;
  readonly width: number;
  readonly height: number;
  readonly hash: string;
}

/** A step as it was applied. */
export interface AppliedRow {
  readonly key: string;
  readonly name: string;
  readonly params: unknown;
}

/** The head of the answer to a view; the pictures that `parts` tells of follow it as bytes. */
export interface RenderAnswer {
  readonly text: string;
  /** The text of the stage alone. */
  readonly own: string;
  readonly tree: readonly StepNode[];
  readonly problem?: Problem;
  readonly held: Held;
  /** Where the steps of before are now; null where they are gone. */
  readonly moves: readonly (readonly [string, string | null])[];
  readonly shots?: readonly Shot[];
  readonly rows?: readonly AppliedRow[];
  /** Where every step draws from. */
  readonly origins?: Held;
  readonly sample?: {
    readonly id: string;
    readonly seed: string;
    readonly command: string;
    readonly record: unknown;
  };
  readonly warnings?: readonly string[];
  /** Hash and length of the pictures that follow. */
  readonly parts: readonly (readonly [string, number])[];
  /** Milliseconds that it took. */
  readonly ms: number;
}
