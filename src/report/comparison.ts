import type { RunSummary, ValidationResult } from '../events.js';
import { mean } from './curve.js';
import { decibels, roundDb } from './format.js';
import { type Html, html, visible } from './html.js';

export type Verdict = 'won' | 'lost' | 'tied' | 'unknown';

export interface Comparison {
  readonly verdict: Verdict;
  /** Network minus bicubic, of the two figures as they are printed (hundredths of a dB). */
  readonly difference: number;
}

/** Who is nearer to the ground truth, judged by the rounded figures that the reader sees. */
export function compare(psnr: number, psnrBicubic: number): Comparison {
  if (Number.isNaN(psnr) || Number.isNaN(psnrBicubic)) return { verdict: 'unknown', difference: Number.NaN };
  if (psnr === psnrBicubic) return { verdict: 'tied', difference: 0 };
  const difference = roundDb(roundDb(psnr) - roundDb(psnrBicubic));
  return { verdict: difference > 0 ? 'won' : difference < 0 ? 'lost' : 'tied', difference };
}

export const signed = (difference: number): string =>
  `${difference > 0 ? '+' : difference < 0 ? '−' : '±'}${decibels(Math.abs(difference))}`;

export const meanResult = (results: readonly ValidationResult[]): ValidationResult => ({
  name: 'mean',
  psnr: mean(results.map((result) => result.psnr)),
  psnrBicubic: mean(results.map((result) => result.psnrBicubic)),
});

export const lastResults = (summary: RunSummary): readonly ValidationResult[] =>
  summary.validation?.findLast(({ results }) => results.length > 0)?.results ?? [];

const endings: Record<Verdict, (by: string) => string> = {
  won: (by) => `, so it wins by ${by}`,
  lost: (by) => `, so it loses by ${by}`,
  tied: () => ', a tie',
  unknown: () => ', so the two cannot be compared',
};

/** "the network reaches ... against bicubic's ...", won or lost; undefined without a validation. */
export function verdictOf(results: readonly ValidationResult[]): Html | undefined {
  if (results.length === 0) return undefined;
  const { psnr, psnrBicubic } = meanResult(results);
  const { verdict, difference } = compare(psnr, psnrBicubic);
  const ending = endings[verdict](decibels(Math.abs(difference)));
  const figures = `against bicubic’s ${decibels(psnrBicubic)}${ending}`;
  if (results.length === 1)
    return html`the network reaches ${decibels(psnr)} on ${visible(results[0].name)} ${figures}`;
  const wins = results.filter((result) => compare(result.psnr, result.psnrBicubic).verdict === 'won').length;
  return html`the network reaches a mean of ${decibels(psnr)} on ${results.length} pictures ${figures} (ahead on ${wins} of ${results.length})`;
}
