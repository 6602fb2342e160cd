import type { PlanSummary } from '../../events.js';
import { count, percent, size } from '../format.js';
import { type Content, type Html, html, visible } from '../html.js';
import { both, scrolling } from '../say.js';
import { facts } from './facts.js';

function factsOf(plan: PlanSummary): (readonly [Content, Content])[] {
  const { files, images, skipped, batchSize, batchesPerEpoch, shuffle } = plan;
  return [
    [both((w) => w.filesFound), both((w) => w.foundDetail(files, images, skipped))],
    ...(batchSize === undefined
      ? []
      : [[both((w) => w.batchSize), both((w) => w.pairs(batchSize))] as const]),
    ...(batchesPerEpoch === undefined
      ? []
      : [[both((w) => w.batchesPerEpoch), count(batchesPerEpoch)] as const]),
    ...(shuffle === undefined
      ? []
      : [
          [
            both((w) => w.sameSource),
            both((w) => w.perfectShuffle(percent(shuffle.sameSource, 1), percent(shuffle.perfect, 1))),
          ] as const,
        ]),
    [both((w) => w.memoryBudget), size(plan.memoryBudget)],
    [both((w) => w.preCrop), both((w) => w.preCropDetail(size(plan.preCropBytes)))],
  ];
}

/** What was going to happen, known from the headers alone. */
export function planSection(plan: PlanSummary): Html {
  const table = html`<table><caption><span>${both((w) => w.windows)}</span></caption><thead><tr><th scope="col">${both((w) => w.scale)}</th><th scope="col" class="n">${both((w) => w.imagesColumn)}</th><th scope="col" class="n">${both((w) => w.cropsName)}</th></tr></thead><tbody>${plan.scales.map(({ tag, images, crops }) => html`<tr><th scope="row">${visible(tag)}</th><td class="n">${count(images)}</td><td class="n">${count(crops)}</td></tr>`)}</tbody><tfoot><tr><th scope="row">${both((w) => w.allScales)}</th><td></td><td class="n">${count(plan.crops)}</td></tr></tfoot></table>`;
  return html`${facts(factsOf(plan))}
${scrolling((w) => w.cropsAtScale, table)}`;
}
