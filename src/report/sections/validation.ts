import type { RunSummary, ValidationResult } from '../../events.js';
import { compare, lastResults, meanResult, signed } from '../comparison.js';
import type { Point } from '../curve.js';
import { count, decibels, plural } from '../format.js';
import { type Html, html, scrolling, visible } from '../html.js';
import { isFinitePoint } from '../losses.js';
import { drawPlot } from '../plot.js';

type Validation = NonNullable<RunSummary['validation']>[number];

/** With more pictures than this, one curve of their means replaces a curve for each. */
const mostCurves = 3;

const words = { won: 'won', lost: 'lost', tied: 'tie', unknown: 'unknown' };

const bare = (text: string): string => text.replace(/\s*dB$/, '');

function cells({ psnr, psnrBicubic }: ValidationResult): Html {
  const { verdict, difference } = compare(psnr, psnrBicubic);
  const by = verdict === 'unknown' ? '–' : bare(signed(difference));
  return html`<td class="n">${bare(decibels(psnr))}</td><td class="n">${bare(decibels(psnrBicubic))}</td><td class="n">${by}</td><td class="${verdict}">${words[verdict]}</td>`;
}

const columns = html`<th scope="col" class="n">Network</th><th scope="col" class="n">Bicubic</th><th scope="col" class="n">Gain</th><th scope="col">Result</th>`;

const finalTable = (results: readonly ValidationResult[]): Html =>
  scrolling(
    'Last validation',
    html`<table><caption><span>Last validation: PSNR in dB, on RGB, borders cropped by the scale</span></caption><thead><tr><th scope="col">Picture</th>${columns}</tr></thead><tbody>${results.map((result) => html`<tr><th scope="row" class="path">${visible(result.name)}</th>${cells(result)}</tr>`)}</tbody>${results.length > 1 && html`<tfoot><tr><th scope="row">mean</th>${cells(meanResult(results))}</tr></tfoot>`}</table>`,
  );

const historyTable = (history: readonly Validation[]): Html =>
  html`<details><summary>All ${plural(history.length, 'validation')}, PSNR in dB</summary>${scrolling(
    'All validations',
    html`<table><thead><tr><th scope="col" class="n">Iteration</th><th scope="col">Picture</th>${columns}</tr></thead><tbody>${history.flatMap(({ iter, results }) => results.map((result) => html`<tr><th scope="row" class="n">${count(iter)}</th><td class="path">${visible(result.name)}</td>${cells(result)}</tr>`))}</tbody></table>`,
  )}</details>`;

/** Means of what `val.metrics` asked for, a row a validation; nothing where nothing was asked for. */
function metricsTable(history: readonly Validation[]): Html {
  const names = [...new Set(history.flatMap(({ results }) => Object.keys(results[0]?.metrics ?? {})))];
  if (names.length === 0) return html``;
  const mean = (results: readonly ValidationResult[], name: string): number =>
    results.reduce((sum, { metrics }) => sum + (metrics?.[name] ?? Number.NaN), 0) / results.length;
  return scrolling(
    'Metrics of the options',
    html`<table><caption><span>Metrics of the options, means over the photographs</span></caption><thead><tr><th scope="col" class="n">Iteration</th>${names.map((name) => html`<th scope="col" class="n">${visible(name)}</th>`)}</tr></thead><tbody>${history.map(({ iter, results }) => html`<tr><th scope="row" class="n">${count(iter)}</th>${names.map((name) => html`<td class="n">${mean(results, name).toFixed(4)}</td>`)}</tr>`)}</tbody></table>`,
  );
}

function curve(title: Html, label: string, results: readonly (readonly [number, ValidationResult])[]): Html {
  const network = results.map(([iter, { psnr }]): Point => [iter, psnr]).filter(isFinitePoint);
  const bicubic = results.map(([iter, { psnrBicubic }]): Point => [iter, psnrBicubic]).filter(isFinitePoint);
  if (network.length < 2 || bicubic.length < 2) return html``;
  const best = network.reduce((high, point) => (point[1] > high[1] ? point : high));
  const [, last] = network[network.length - 1];
  const description = `PSNR of the network on ${label}: ${decibels(network[0][1])} at iteration ${count(network[0][0])}, ${decibels(last)} at the end, best ${decibels(best[1])} at iteration ${count(best[0])}.`;
  const plot = drawPlot({
    description,
    xLabel: 'iteration',
    yLabel: 'PSNR, dB',
    series: [
      { label: 'network', style: 'marked', points: network },
      { label: 'bicubic', style: 'dashed', points: bicubic },
    ],
    readouts: network.map((at) => ({ at, text: `iteration ${count(at[0])}\nnetwork ${decibels(at[1])}` })),
  });
  return html`<figure><h3>PSNR on ${title}</h3>${plot}<figcaption>${description}</figcaption></figure>`;
}

function curves(history: readonly Validation[]): Html[] {
  const names = [...new Set(history.flatMap(({ results }) => results.map(({ name }) => name)))];
  if (names.length > mostCurves) {
    const complete = history.filter(({ results }) => results.length === names.length);
    const means = complete.map(({ iter, results }) => [iter, meanResult(results)] as const);
    return [curve(html`${names.length} pictures (mean)`, `the mean of ${names.length} pictures`, means)];
  }
  return names.map((name) => {
    const own = history.flatMap(({ iter, results }) =>
      results.filter((result) => result.name === name).map((result) => [iter, result] as const),
    );
    return curve(visible(name), name, own);
  });
}

/** PSNR over the iterations, the last validation in full, and all others on request. */
export function validationPart(summary: RunSummary): Html {
  const history = (summary.validation ?? []).filter(({ results }) => results.length > 0);
  if (history.length === 0) return html`<p class="empty">No validation was made.</p>`;
  return html`${curves(history)}${finalTable(lastResults(summary))}${metricsTable(history)}${history.length > 1 && historyTable(history)}`;
}
