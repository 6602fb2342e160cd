import type { RunSummary } from '../../events.js';
import { compare, lastResults, meanResult, signed, type Verdict } from '../comparison.js';
import { count, decibels, duration, size } from '../format.js';
import { type Html, html } from '../html.js';
import { lossNames, trendOf } from '../losses.js';
import { countFiles, outcome } from '../outcome.js';
import { both } from '../say.js';
import type { ReportInput } from '../types.js';

interface Fact {
  readonly name: Html | string;
  readonly value: Html | string;
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
  const name = results.length > 1 ? both((w) => w.meanPsnr) : 'PSNR';
  return [{ name, value: decibels(psnr), detail, mood: verdict }];
}

function lossFact(summary: RunSummary): Fact[] {
  const [name] = lossNames(summary);
  const trend = name === undefined ? undefined : trendOf(summary, name);
  if (name === undefined || !trend) return [];
  return [{ name: both((w) => w.loss(name)), value: trend.end, detail: both((w) => w.atStart(trend.start)) }];
}

function filesFact(summary: RunSummary): Fact {
  const { used, skipped, failed } = countFiles(summary);
  const others = [
    failed > 0 && html`<strong class="failed">${both((w) => w.nFailed(failed))}</strong>`,
    skipped > 0 && html`<strong class="skipped">${both((w) => w.nSkipped(skipped))}</strong>`,
  ].filter((part) => part !== false);
  const detail = others.map((part, i) => html`${i > 0 && ', '}${part}`);
  return {
    name: both((w) => w.filesUsed),
    value: both((w) => w.ofTotal(used, summary.files.length)),
    detail: others.length > 0 ? html`<a href="#files">${detail}</a>` : both((w) => w.noneLost),
  };
}

const memoryFact = ({ peakRss }: RunSummary): Fact[] =>
  peakRss === 0
    ? []
    : [{ name: both((w) => w.peakMemory), value: size(peakRss), detail: both((w) => w.wholeProcess) }];

const factsOf = (summary: RunSummary): Fact[] => [
  ...psnrFact(summary),
  ...lossFact(summary),
  filesFact(summary),
  {
    name: both((w) => w.cropsName),
    value: count(summary.crops),
    detail: summary.batches > 0 ? both((w) => w.batches(summary.batches)) : undefined,
  },
  { name: both((w) => w.time), value: duration(summary.elapsedMs) },
  ...memoryFact(summary),
];

export const overview = (
  input: ReportInput,
): Html => html`<p class="lead">${both((w) => outcome(input, w))}</p>
<dl class="facts">${factsOf(input.summary).map(
  ({ name, value, detail, mood }) =>
    html`<div><dt>${name}</dt><dd${mood && html` class="${mood}"`}><b>${value}</b>${detail && html`<small>${detail}</small>`}</dd></div>`,
)}</dl>`;
