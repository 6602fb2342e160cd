import { percent } from '../report/format.js';
import { type Html, html } from '../report/html.js';
import type { Tally } from './types.js';
import { number } from './words.js';

export interface Bar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** More different whole numbers than this are gathered into ranges. */
const MOST_BARS = 24;

/**
 * How often numbers were drawn: a bar for each whole number where these are few, else for ranges of equal width.
 * Of no numbers no bars.
 */
export function barsOf(numbers: readonly number[]): Bar[] {
  if (numbers.length === 0) return [];
  const [low, high] = numbers.reduce(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Infinity, -Infinity]);
  // Also where the numbers lie too close for bars between them.
  if ((high - low) / MOST_BARS === 0) return [{ low, high, count: numbers.length }];
  const step = numbers.every(Number.isInteger) ? commonStep(numbers, low) : 0;
  const exact = step > 0 && (high - low) / step < MOST_BARS;
  const bars = exact ? (high - low) / step + 1 : MOST_BARS;
  const width = exact ? step : (high - low) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const n of numbers) counts[Math.min(bars - 1, Math.floor((n - low) / width))]++;
  return counts.map((count, i) =>
    exact
      ? { low: low + i * step, high: low + i * step, count }
      : { low: low + i * width, high: low + (i + 1) * width, count },
  );
}

/** The widest grid that all numbers lie on: kernel sizes are odd, and every other bar would be empty. */
function commonStep(numbers: readonly number[], low: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return numbers.reduce((step, n) => divisor(step, n - low), 0);
}

const frame = { width: 240, height: 92, foot: 18, gap: 1 };
const px = (value: number): number => Number(value.toFixed(1));

/** A small bar chart as inline SVG; its colours come from the style sheet. */
export function histogram(name: string, numbers: readonly number[]): Html {
  const bars = barsOf(numbers);
  if (bars.length === 1) return html`<p class="draw"><b>${name}</b> always ${number(numbers[0])}</p>`;
  const most = Math.max(...bars.map(({ count }) => count));
  const { width, height, foot, gap } = frame;
  const step = width / bars.length;
  const wide = Math.min(step, 40);
  const [first, last] = [bars[0], bars[bars.length - 1]];
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  const ends = `${number(first.low)} to ${number(last.high)}, mean ${number(mean)}`;
  const drawn = bars.map(({ low, high, count }, i) => {
    const tall = ((height - foot - 4) * count) / most;
    const range = low === high ? number(low) : `${number(low)} to ${number(high)}`;
    return html`<g><title>${range}: ${count}</title><rect x="${px(i * step + (step - wide) / 2)}" y="${px(height - foot - tall)}" width="${px(Math.max(1, wide - gap))}" height="${px(tall)}"/></g>`;
  });
  const labels = html`<text x="0" y="${height - 3}">${number(first.low)}</text><text class="end" x="${width}" y="${height - 3}">${number(last.high)}</text>`;
  return html`<figure class="draw"><figcaption><b>${name}</b> ${ends}</figcaption><svg class="histogram" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}: ${ends}">${drawn}<path d="M0 ${height - foot}H${width}"/>${labels}</svg></figure>`;
}

/** How often words were drawn, of `total` draws. */
export function shares(name: string, tally: Tally, total: number): Html {
  const [[word, count]] = tally;
  if (count === total) return html`<p class="draw"><b>${name}</b> always ${word}</p>`;
  const rows = tally.map(
    ([word, count]) =>
      html`<li><span>${word}</span><span class="track"><i style="width:${px((100 * count) / total)}%"></i></span><span class="n">${percent(count / total)}</span></li>`,
  );
  return html`<figure class="draw"><figcaption><b>${name}</b></figcaption><ul class="shares">${rows}</ul></figure>`;
}
