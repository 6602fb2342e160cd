import type { PlanSummary } from '../../events.js';
import { count, percent, plural, size } from '../format.js';
import { type Html, html, scrolling, visible } from '../html.js';

function factsOf(plan: PlanSummary): [string, string][] {
  const { batchSize, batchesPerEpoch, shuffle } = plan;
  return [
    ['Files found', `${count(plan.files)}: ${plural(plan.images, 'image')}, ${count(plan.skipped)} skipped`],
    ...(batchSize === undefined ? [] : [['Batch size', plural(batchSize, 'pair')] as [string, string]]),
    ...(batchesPerEpoch === undefined
      ? []
      : [['Batches per epoch', count(batchesPerEpoch)] as [string, string]]),
    ...(shuffle === undefined
      ? []
      : [
          [
            'Pairs of a batch from the same source',
            `${percent(shuffle.sameSource, 1)} (a perfect shuffle: ${percent(shuffle.perfect, 1)})`,
          ] as [string, string],
        ]),
    ['Memory budget of the stream', size(plan.memoryBudget)],
    [
      'Disk the pre-crop chain would have written',
      `about ${size(plan.preCropBytes)} of scaled copies and sub-images`,
    ],
  ];
}

/** What was going to happen, known from the headers alone. */
export function planSection(plan: PlanSummary): Html {
  const table = html`<table><caption><span>Windows of one epoch</span></caption><thead><tr><th scope="col">Scale</th><th scope="col" class="n">Images</th><th scope="col" class="n">Crops</th></tr></thead><tbody>${plan.scales.map(({ tag, images, crops }) => html`<tr><th scope="row">${visible(tag)}</th><td class="n">${count(images)}</td><td class="n">${count(crops)}</td></tr>`)}</tbody><tfoot><tr><th scope="row">all scales</th><td></td><td class="n">${count(plan.crops)}</td></tr></tfoot></table>`;
  return html`<dl class="pairs">${factsOf(plan).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${scrolling('Crops at each scale', table)}`;
}
