import type { Pixels } from '../images/pixels.js';
import type { PairRecord } from '../training/batch.js';

/** What a step changes. */
export type Side = 'lq' | 'gt' | 'both';

/** The image after one operator: the part of it that belongs to the gt window, 8-bit RGB. */
export interface TracedStep {
  readonly name: string;
  readonly params: unknown;
  readonly on: Side;
  /** Which picture of the pair the image is. lq is made from gt as it is when the first step on lq alone comes. */
  readonly picture: 'gt' | 'lq';
  readonly image: Pixels;
  /** Its row among the record's degradations; absent for the resize that a chain ends with by itself. */
  readonly row?: number;
}

/** A training pair, rebuilt from its record, with the way from gt to lq. */
export interface TracedPair {
  /** The provenance of the pair, as batches carry it. */
  readonly record: PairRecord;
  /** Absolute path of the photograph. */
  readonly source: string;
  /** The window of the photograph that becomes gt, before any operator. */
  readonly original: Pixels;
  /** The very bytes that are trained on: uint8, HWC, RGB. */
  readonly gt: Pixels;
  readonly lq: Pixels;
  /** One entry an applied operator, in order. */
  readonly steps: readonly TracedStep[];
  /** What operators had to say. */
  readonly warnings: readonly string[];
}

/** A picture as a file that browsers show. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

export interface PreviewStep {
  readonly name: string;
  /** The drawn parameters in words. */
  readonly words: string;
  /** `gt`, `lq`, or `gt and lq` where the step changes both. */
  readonly of: string;
  readonly image: Picture;
}

export interface PreviewSample {
  readonly id: string;
  readonly epoch: number;
  /** How the crop was cut, flipped and turned, in words. */
  readonly cut: string;
  /** gt before any operator; absent where none changes gt. */
  readonly original?: Picture;
  readonly gt: Picture;
  readonly lq: Picture;
  readonly steps: readonly PreviewStep[];
  readonly warnings: readonly string[];
}

/** A sample of which no pair could be made. */
export interface FailedSample {
  readonly id: string;
  readonly reason: string;
}

/** How often each word was drawn, most often first. */
export type Tally = readonly (readonly [word: string, count: number])[];

/** Everything that was drawn for one parameter: numbers, words or both. */
export interface ParameterDraws {
  /** Its key; of nested parameters the path, e.g. `sigma 2`. */
  readonly name: string;
  readonly numbers: readonly number[];
  readonly words: Tally;
}

/** What a step of the chain has drawn. */
export interface OperatorDraws {
  readonly name: string;
  /** Its how-manieth occurrence in the chain, from 1, and of how many. */
  readonly occurrence: number;
  readonly occurrences: number;
  readonly on: Side;
  /** Number of samples to which it was applied, and how often altogether (more within `repeat`). */
  readonly samples: number;
  readonly applied: number;
  readonly parameters: readonly ParameterDraws[];
}

/** What was drawn for many samples; no pixels were needed. */
export interface Draws {
  readonly samples: number;
  readonly operators: readonly OperatorDraws[];
  /** Which copy of a photograph the crops come from, and how they were flipped and turned. */
  readonly scales: Tally;
  readonly orientations: Tally;
  readonly failed: readonly FailedSample[];
}

/** Everything a preview shows; `renderPreview` reads nothing else. */
export interface PreviewData {
  readonly pipeline: { readonly name: string; readonly text: string };
  readonly seed: number;
  readonly scale: number;
  readonly samples: readonly PreviewSample[];
  readonly failed: readonly FailedSample[];
  readonly draws: Draws;
  /** The command line that repeats it. */
  readonly command?: string;
  /** Version of esrgan-stream. */
  readonly version: string;
}
