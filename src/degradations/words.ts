import { z } from 'zod';
import type { Rng } from '../random/rng.js';

/** Weights by word; a word that is left out is never drawn. */
export type Weights<Word extends string> = { readonly [Key in Word]?: number | undefined };

/**
 * Options for a draw among words: one word, a list of words with equal chances, or a weight for each word;
 * parsed to weights.
 */
export function words<const Words extends readonly [string, ...string[]]>(list: Words) {
  const word = z.enum(list);
  return z
    .union([word, z.array(word).min(1), z.partialRecord(word, z.number().min(0))])
    .transform((value, ctx): Weights<Words[number]> => {
      if (typeof value === 'string' || Array.isArray(value)) return equalWeights(value);
      const weights = value as Weights<Words[number]>;
      if (!Object.values<number | undefined>(weights).some((weight) => weight)) {
        ctx.addIssue({ code: 'custom', message: 'every word has weight 0' });
      }
      return weights;
    });
}

function equalWeights<Word extends string>(given: Word | readonly Word[]): Weights<Word> {
  const weights: { [Key in Word]?: number } = {};
  for (const word of typeof given === 'string' ? [given] : given) weights[word] = (weights[word] ?? 0) + 1;
  return weights;
}

/** Draws a word by its weight. */
export function drawWord<Word extends string>(rng: Rng, weights: Weights<Word>): Word {
  const list = Object.keys(weights) as Word[];
  return rng.choice(
    list,
    list.map((word) => weights[word] ?? 0),
  );
}
