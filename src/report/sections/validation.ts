import type { RunSummary, ValidationResult } from '../../events.js';
import { compare, lastResults, meanResult, signed } from '../comparison.js';
import { mean, type Point } from '../curve.js';
import { count, decibels } from '../format.js';
import { type Html, html, visible } from '../html.js';
import { isFinitePoint } from '../losses.js';
import { drawPlot, type Say } from '../plot.js';
import { both, scrolling } from '../say.js';
import type { Words } from '../words.js';

type Validation = NonNullable<RunSummary['validation']>[number];

/** With more pictures than this, one curve of their means replaces a curve for each. */
const mostCurves = 3;

const bare = (text: string): string => text.replace(/\s*dB$/, '');

const historyOf = (summary: RunSummary): Validation[] =>
  (summary.validation ?? []).filter(({ results }) => results.length > 0);

function cells({ psnr, psnrBicubic }: ValidationResult): Html {
  const { verdict, difference } = compare(psnr, psnrBicubic);
  const by = verdict === 'unknown' ? '–' : bare(signed(difference));
  return html`<td class="n">${bare(decibels(psnr))}</td><td class="n">${bare(decibels(psnrBicubic))}</td><td class="n">${by}</td><td class="${verdict}">${both((w) => w.verdicts[verdict])}</td>`;
}

const columns = html`<th scope="col" class="n">${both((w) => w.networkColumn)}</th><th scope="col" class="n">Bicubic</th><th scope="col" class="n">${both((w) => w.gain)}</th><th scope="col">${both((w) => w.result)}</th>`;

const finalTable = (results: readonly ValidationResult[]): Html =>
  scrolling(
    (w) => w.lastValidation,
    html`<table><caption><span>${both((w) => w.lastValidationAbout)}</span></caption><thead><tr><th scope="col">${both((w) => w.picture)}</th>${columns}</tr></thead><tbody>${results.map((result) => html`<tr><th scope="row" class="path">${visible(result.name)}</th>${cells(result)}</tr>`)}</tbody>${results.length > 1 && html`<tfoot><tr><th scope="row">${both((w) => w.mean)}</th>${cells(meanResult(results))}</tr></tfoot>`}</table>`,
  );

const historyTable = (history: readonly Validation[]): Html =>
  html`<details><summary>${both((w) => w.allValidations(history.length))}</summary>${scrolling(
    (w) => w.allValidations(history.length),
    html`<table><thead><tr><th scope="col" class="n">${both((w) => w.iterationColumn)}</th><th scope="col">${both((w) => w.picture)}</th>${columns}</tr></thead><tbody>${history.flatMap(({ iter, results }) => results.map((result) => html`<tr><th scope="row" class="n">${count(iter)}</th><td class="path">${visible(result.name)}</td>${cells(result)}</tr>`))}</tbody></table>`,
  )}</details>`;

const metricNames = (history: readonly Validation[]): string[] => [
  ...new Set(history.flatMap(({ results }) => Object.keys(results[0]?.metrics ?? {}))),
];

const metricMean = (results: readonly ValidationResult[], name: string): number =>
  mean(results.map(({ metrics }) => metrics?.[name] ?? Number.NaN));

/** Means of what `val.metrics` asked for, a row a validation; nothing where nothing was asked for. */
function metricsTable(history: readonly Validation[]): Html | undefined {
  const names = metricNames(history);
  if (names.length === 0) return undefined;
  return scrolling(
    (w) => w.metricsTable,
    html`<table><caption><span>${both((w) => w.metricsAbout)}</span></caption><thead><tr><th scope="col" class="n">${both((w) => w.iterationColumn)}</th>${names.map((name) => html`<th scope="col" class="n">${visible(name)}</th>`)}</tr></thead><tbody>${history.map(({ iter, results }) => html`<tr><th scope="row" class="n">${count(iter)}</th>${names.map((name) => html`<td class="n">${metricMean(results, name).toFixed(4)}</td>`)}</tr>`)}</tbody></table>`,
  );
}

interface Measured {
  readonly title: Html;
  /** What is measured, and on what, in words. */
  readonly what: string;
  readonly label: Say<string>;
  readonly unit: Say<string>;
  readonly shown: (value: number) => string;
  readonly network: readonly Point[];
  readonly bicubic?: readonly Point[];
}

function curve({
  title,
  what,
  label,
  unit,
  shown,
  network: all,
  bicubic: against,
}: Measured): Html | undefined {
  const [network, bicubic] = [all.filter(isFinitePoint), against?.filter(isFinitePoint)];
  if (network.length < 2 || (bicubic && bicubic.length < 2)) return undefined;
  const best = network.reduce((high, point) => (point[1] > high[1] ? point : high));
  const [first, last] = [network[0], network[network.length - 1]];
  const story = (w: Words): string =>
    w.curveStory(
      what,
      label(w),
      shown(first[1]),
      count(first[0]),
      shown(last[1]),
      shown(best[1]),
      count(best[0]),
    );
  const plot = drawPlot({
    name: (w) => `${what}, ${label(w)}`,
    description: story,
    xLabel: (w) => w.iteration,
    yLabel: unit,
    series: [
      { label: (w) => w.network, style: 'marked', points: network },
      ...(bicubic ? [{ label: (w: Words) => w.bicubic, style: 'dashed' as const, points: bicubic }] : []),
    ],
    columns: [(w) => w.iteration, (w) => w.network],
    readouts: network.map((at) => ({ at, values: [count(at[0]), shown(at[1])] })),
  });
  return html`<figure><h3>${title}</h3>${plot}<figcaption>${both(story)}</figcaption></figure>`;
}

const psnrCurve = (
  title: Html,
  label: Say<string>,
  results: readonly (readonly [number, ValidationResult])[],
): Html | undefined =>
  curve({
    ...{ title: html`${both((w) => w.psnrOn)} ${title}`, what: 'PSNR', label, shown: decibels },
    unit: (w) => w.psnrDb,
    network: results.map(([iter, { psnr }]): Point => [iter, psnr]),
    bicubic: results.map(([iter, { psnrBicubic }]): Point => [iter, psnrBicubic]),
  });

/** PSNR over the iterations. */
export function validationCurves(summary: RunSummary): (Html | undefined)[] {
  const history = historyOf(summary);
  const names = [...new Set(history.flatMap(({ results }) => results.map(({ name }) => name)))];
  if (names.length > mostCurves) {
    const complete = history.filter(({ results }) => results.length === names.length);
    const means = complete.map(({ iter, results }) => [iter, meanResult(results)] as const);
    return [
      psnrCurve(
        both((w) => w.meanOf(names.length)),
        (w) => w.meanOf(names.length),
        means,
      ),
    ];
  }
  return names.map((name) => {
    const own = history.flatMap(({ iter, results }) =>
      results.filter((result) => result.name === name).map((result) => [iter, result] as const),
    );
    return psnrCurve(visible(name), () => name, own);
  });
}

/** What `val.metrics` asked for, over the iterations. */
export function metricCurves(summary: RunSummary): (Html | undefined)[] {
  const history = historyOf(summary);
  return metricNames(history).map((name) =>
    curve({
      ...{ title: html`<code>${visible(name)}</code>`, what: name, shown: (value) => value.toFixed(4) },
      label: (w) => w.metricMean,
      unit: () => name,
      network: history.map(({ iter, results }): Point => [iter, metricMean(results, name)]),
    }),
  );
}

/** The last validation in full, and all others on request. */
export function validationTables(summary: RunSummary): Html {
  const history = historyOf(summary);
  if (history.length === 0) return html`<p class="empty">${both((w) => w.noValidation)}</p>`;
  return html`${finalTable(lastResults(summary))}${metricsTable(history)}${history.length > 1 && historyTable(history)}`;
}
