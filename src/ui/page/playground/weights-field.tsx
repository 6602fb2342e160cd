import type { Control, Json } from '../../playground/wire.js';
import { useAbout } from './about.js';
import type { FieldProps } from './control.js';

type Weighted = Extract<Control, { kind: 'weights' }>;

const PLACES = 100;

/** A weight for each word, and what share of the draws that gives it. Words that were drawn are marked. */
export function WeightsField({ control, name, id, value, drawn, disabled, change }: FieldProps<Weighted>) {
  const say = useAbout();
  const weights = weightsOf(value);
  const sum = Object.values(weights).reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...Object.values(weights));
  const set = (word: string, weight: number): void => {
    const next: Record<string, number> = { ...weights, [word]: weight };
    const left = Object.entries(next).filter(([, one]) => one > 0);
    if (left.length > 0) change(Object.fromEntries(left) as Json);
  };
  return (
    <fieldset class="weights-list" id={id} aria-label={name}>
      {control.words.map(({ word, about }) => {
        const weight = weights[word] ?? 0;
        return (
          <label key={word} title={say(about)} class={drawn.includes(word) ? 'hit' : undefined}>
            <span class="word">{word.replaceAll('_', ' ')}</span>
            <input
              type="range"
              min={0}
              max={PLACES}
              value={Math.round((PLACES * weight) / most)}
              disabled={disabled}
              aria-label={`${name}: ${word}`}
              aria-valuetext={`${weight}`}
              onInput={(event) => set(word, rounded((most * Number(event.currentTarget.value)) / PLACES))}
            />
            <span class="share mono">{sum > 0 ? `${Math.round((100 * weight) / sum)} %` : ''}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

const rounded = (value: number): number => Number(value.toFixed(2));

/** One word, a list of words or a mapping. */
function weightsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value === 'string') return { [value]: 1 };
  if (Array.isArray(value)) return Object.fromEntries(value.map((word) => [String(word), 1]));
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([word, weight]) => [word, Number(weight) || 0]));
}
