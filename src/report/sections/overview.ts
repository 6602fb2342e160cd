import type { RunSummary } from '../../events.js';
import { compare, lastResults, meanResult, signed, type Verdict } from '../comparison.js';
import { count, decibels, duration, plural, size } from '../format.js';
import { type Html, html } from '../html.js';
import { lossNames, trendOf } from '../losses.js';
import { countFiles, outcome } from '../outcome.js';
import type { ReportInput } from '../types.js';

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail?: Html | string;
  readonly mood?: Verdict;
}

function psnrFact(summary: RunSummary): Fact[] {
  const results = lastResults(summary);
  if (results.length === 0) return [];
  const { psnr, psnrBicubic } = meanResult(results);
  const { verdict, difference } = compare(psnr, psnrBicubic);
  const against = `bicubic ${decibels(psnrBicubic)}`;
  const detail = verdict === 'unknown' ? against : `${against}, ${signed(difference)}`;
  return [{ name: results.length > 1 ? 'Mean PSNR' : 'PSNR', value: decibels(psnr), detail, mood: verdict }];
}

function lossFact(summary: RunSummary): Fact[] {
  const [name] = lossNames(summary);
  const trend = name === undefined ? undefined : trendOf(summary, name);
  return trend ? [{ name: `Loss ${name}`, value: trend.end, detail: `${trend.start} at the start` }] : [];
}

function filesFact(summary: RunSummary): Fact {
  const { used, skipped, failed } = countFiles(summary);
  const others = [
    failed > 0 && html`<strong class="failed">${count(failed)} failed</strong>`,
    skipped > 0 && html`<strong class="skipped">${count(skipped)} skipped</strong>`,
  ].filter((part) => part !== false);
  const detail = others.map((part, i) => html`${i > 0 && ', '}${part}`);
  return {
    name: 'Files used',
    value: `${count(used)} of ${count(summary.files.length)}`,
    detail: others.length > 0 ? html`<a href="#files">${detail}</a>` : 'none skipped, none failed',
  };
}

const factsOf = (summary: RunSummary): Fact[] => [
  ...psnrFact(summary),
  ...lossFact(summary),
  filesFact(summary),
  {
    name: 'Crops',
    value: count(summary.crops),
    detail: summary.batches > 0 ? plural(summary.batches, 'batch', 'batches') : undefined,
  },
  { name: 'Time', value: duration(summary.elapsedMs) },
  { name: 'Peak memory', value: size(summary.peakRss), detail: 'of the whole process' },
];

export const overview = (input: ReportInput): Html => html`<p class="lead">${outcome(input)}</p>
<dl class="facts">${factsOf(input.summary).map(
  ({ name, value, detail, mood }) =>
    html`<div><dt>${name}</dt><dd${mood && html` class="${mood}"`}><b>${value}</b>${detail && html`<small>${detail}</small>`}</dd></div>`,
)}</dl>`;
