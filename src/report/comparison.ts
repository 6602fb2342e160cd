import type { RunSummary, ValidationResult } from '../events.js';
import { mean } from './curve.js';
import { decibels, roundDb } from './format.js';
import { type Html, visible } from './html.js';
import type { Words } from './words.js';

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

/** "the network reaches ... against bicubic's ...", won or lost; undefined without a validation. */
export function verdictOf(results: readonly ValidationResult[], w: Words): Html | undefined {
  if (results.length === 0) return undefined;
  const { psnr, psnrBicubic } = meanResult(results);
  const { verdict, difference } = compare(psnr, psnrBicubic);
  const ending = w.endings[verdict](decibels(Math.abs(difference)));
  const figures = [decibels(psnr), decibels(psnrBicubic), ending] as const;
  if (results.length === 1) return w.reachesOne(visible(results[0].name), ...figures);
  const wins = results.filter((result) => compare(result.psnr, result.psnrBicubic).verdict === 'won').length;
  return w.reachesMean(results.length, ...figures, wins);
}
