import type { Pipeline } from '../../config/pipeline-file.js';
import type { FileOutcome, PlanSummary } from '../../events.js';
import { padEnd, padStart } from './columns.js';
import { visible } from './escape.js';
import { bytes, count, percent } from './format.js';
import { notUsedLines } from './not-used.js';
import { type Paint, plain } from './paint.js';
import { type Row, rowLines } from './rows.js';

/** A plan together with the files it leaves out. */
export type FullPlan = PlanSummary & { readonly unused: readonly FileOutcome[] };

/** What `--dry-run` prints: everything a run would do, known from headers alone. */
export function planTable(
  plan: FullPlan,
  pipeline: Pipeline,
  paint: Paint = plain,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const rows: Row[] = [
    ['files', `${count(plan.files)}: ${count(plan.images)} usable, ${count(plan.skipped)} not`],
    ...cropRows(pipeline),
    ['crops', count(plan.crops)],
    ...batchRows(plan, pipeline),
    ['memory budget', bytes(plan.memoryBudget)],
    diskRow(plan, pipeline),
    ...shuffleRows(plan),
    ['sink', sinkWords(pipeline)],
  ];
  return [
    `${paint.bold(visible(plan.name))}: this is what would happen; nothing has been written`,
    ...rowLines(rows, columns),
    '',
    ...scaleTable(plan, paint),
    ...notUsedLines(plan.unused, Number.POSITIVE_INFINITY).map((line) => `  ${line}`),
  ];
}

function diskRow({ preCropBytes }: PlanSummary, { sink }: Pipeline): Row {
  const size = bytes(preCropBytes);
  return sink.kind === 'write'
    ? ['original chain', `writes about ${size} of scaled copies and sub-images for this`]
    : ['saved on disk', `${size} that scaled copies and sub-images would have taken`];
}

function cropRows({ stages: { crop } }: Pipeline): Row[] {
  if (!crop) return [];
  return [['windows', `${crop.size}x${crop.size}, step ${crop.step}, border threshold ${crop.threshold}`]];
}

function batchRows(plan: PlanSummary, { stages: { batch }, scale }: Pipeline): Row[] {
  if (plan.batchSize === undefined || !batch) return [];
  const pairs = `${plan.batchSize} pairs of gt ${batch.gt_size} and lq ${batch.gt_size / scale}`;
  const epoch = plan.batchesPerEpoch === undefined ? '' : `${count(plan.batchesPerEpoch)} an epoch, `;
  return [['batches', `${epoch}each ${pairs}`]];
}

function shuffleRows({ shuffle }: PlanSummary): Row[] {
  if (!shuffle) return [];
  const quality = `${percent(shuffle.sameSource)} of the pairs in a batch share a source`;
  return [['shuffle', `${quality} (a perfect shuffle: ${percent(shuffle.perfect)})`]];
}

function sinkWords({ sink }: Pipeline): string {
  if (sink.kind === 'write') return `write to ${visible(sink.options.folder)}`;
  if (sink.kind === 'webdataset') return `write tars ${visible(sink.options.webdataset)}`;
  if (sink.kind === 'pairs')
    return `write pairs to ${visible(sink.options.pairs.gt)} and ${visible(sink.options.pairs.lq)}`;
  if (sink.kind === 'discard') return 'discard (only count)';
  return `train ${sink.options.network_g.type}, ${count(sink.options.train.total_iter)} iterations`;
}

function scaleTable({ scales }: PlanSummary, paint: Paint): string[] {
  if (scales.length === 0) return [];
  const row = (tag: string, images: string, crops: string): string =>
    `  ${padEnd(tag, 8)}${padStart(images, 10)}${padStart(crops, 12)}`;
  return [
    paint.dim(row('scale', 'images', 'crops')),
    ...scales.map(({ tag, images, crops }) => row(tag, count(images), count(crops))),
  ];
}
