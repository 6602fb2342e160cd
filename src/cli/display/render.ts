import { width as columns, padEnd, padStart, truncate } from './columns.js';
import { visible } from './escape.js';
import { bytes, bytesOf, count, duration, percent, rate, scientific } from './format.js';
import { type Paint, plain } from './paint.js';
import { type DisplayState, held, type StageView, slowest } from './state.js';

/** The live block: lines of at most `width` columns. */
export function render(state: DisplayState, width: number, paint: Paint = plain): string[] {
  const blocks = [
    headline(state, width, paint),
    ...training(state, width),
    ...stageTable(state, width, paint),
    ...foot(state, width),
  ];
  return blocks.map((line) => truncate(line, width));
}

function headline(state: DisplayState, width: number, paint: Paint): string {
  const name = paint.bold(visible(state.name));
  const { iter } = state;
  if (!iter)
    return `${name}  ${state.stopping ? paint.yellow('stopping') : duration(state.elapsedMs / 1000)}`;
  const share = iter.totalIter > 0 ? iter.iter / iter.totalIter : 0;
  const place = `  ${count(iter.iter)}/${count(iter.totalIter)}  ${percent(share)}  eta ${duration(iter.eta)}`;
  const room = Math.min(30, width - columns(name) - place.length - 4);
  const gauge = room >= 6 ? `  ${paint.cyan(bar(share, room))}` : '';
  return `${name}${gauge}${place}${state.stopping ? `  ${paint.yellow('stopping')}` : ''}`;
}

function training({ iter, firstLosses, validation }: DisplayState, width: number): string[] {
  if (!iter) return [];
  const losses = Object.entries(iter.losses).map(([name, value]) => {
    const first = firstLosses?.[name];
    return `${name} ${scientific(value, 4)}${first === undefined ? '' : ` (first ${scientific(first, 4)})`}`;
  });
  const figures = [
    ...losses,
    `epoch ${iter.epoch}`,
    `lr ${scientific(iter.lr, 3)}`,
    `${iter.time.toFixed(3)} s/it, data ${iter.timeData.toFixed(3)} s`,
  ];
  const scores = (validation ?? []).map(
    (v) => `${visible(v.name)} ${v.psnr.toFixed(2)} dB, bicubic ${v.psnrBicubic.toFixed(2)} dB`,
  );
  return [...flow(figures, width), ...scores];
}

function stageTable(state: DisplayState, width: number, paint: Paint): string[] {
  if (state.stages.length === 0) return [];
  const last = slowest(state)?.stage;
  const names = Math.max(...state.stages.map(({ stage }) => columns(stage)), 'stage'.length) + 1;
  const room = width - names - figureColumns;
  const header = `${padEnd('stage', names)}${padStart('out', 9)}${padStart('rate', 12)}${padStart('busy', 7)}`;
  return [
    paint.dim(room >= heldColumns ? `${header}  held` : header),
    ...state.stages.map((stage) => row(stage, names, room, stage.stage === last, paint)),
  ];
}

const figureColumns = 28;
const heldColumns = 18;

function row(stage: StageView, names: number, room: number, isSlowest: boolean, paint: Paint): string {
  const name = padEnd(stage.stage, names);
  const figures = `${padStart(count(stage.out), 9)}${padStart(rate(stage.rate), 12)}${padStart(percent(stage.load), 7)}`;
  const holds = room >= heldColumns ? `  ${holding(stage, Math.min(16, room - heldColumns))}` : '';
  return `${isSlowest ? paint.yellow(name) : name}${figures}${holds}`.trimEnd();
}

function holding({ bytes: now, budget }: StageView, gauge: number): string {
  if (now === undefined) return '';
  if (!budget) return bytes(now);
  return `${gauge >= 4 ? `${bar(now / budget, gauge)} ` : ''}${bytesOf(now, budget)}`;
}

function foot(state: DisplayState, width: number): string[] {
  const slow = slowest(state);
  const { bytes: now, budget } = held(state);
  return flow(
    [
      ...(budget > 0 ? [`held ${bytesOf(now, budget)}`] : []),
      `rss ${bytes(state.rss)}`,
      ...(slow ? [`slowest ${slow.stage} (${percent(slow.load)} busy)`] : []),
      ...(state.notUsed.length > 0 ? [`files not used: ${count(state.notUsed.length)}`] : []),
      ...(state.warnings > 0 ? [`warnings: ${count(state.warnings)}`] : []),
    ],
    width,
  );
}

/** Puts short texts beside each other, on as many lines as they need. */
function flow(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = `${lines.at(-1)}  ${part}`;
    if (lines.length > 0 && columns(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

/** A gauge of the given number of columns. */
export function bar(share: number, size: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * size);
  return '█'.repeat(full) + '░'.repeat(size - full);
}
