import { width as columns, elide, truncate } from './columns.js';
import { visible } from './escape.js';
import { bytes, bytesOf, count, duration, percent, rate, scientific } from './format.js';
import { bar, curve } from './glyphs.js';
import { type Look, plainLook } from './look.js';
import { stageTable } from './stage-table.js';
import { counted, type DisplayState, held, slowest } from './state.js';
import { valuesOf } from './trend.js';
import { flow } from './wrap.js';

/** The live block: lines of at most `width` columns. */
export function render(state: DisplayState, width: number, look: Look = plainLook): string[] {
  const blocks = [
    ...headline(state, width, look),
    ...training(state, width, look),
    ...stageTable(state, width, look),
    ...foot(state, width, look),
  ];
  return blocks.map((line) => truncate(line, width, look.glyphs.ellipsis));
}

function headline(state: DisplayState, width: number, { paint, glyphs }: Look): string[] {
  const name = paint.bold(elide(visible(state.name), Math.min(width, 40), glyphs.ellipsis));
  const { share, words } = progress(state);
  const figures = [...words, ...signs(state).map(paint.yellow)];
  const taken = columns([name, ...figures].join('  ')) + 2;
  const room = share === undefined ? 0 : Math.min(30, width - taken);
  const gauge = room >= 6 ? [paint.cyan(bar(share ?? 0, room, glyphs))] : [];
  return flow([name, ...gauge, ...figures], width);
}

/** What the run does other than run. */
function signs({ stopping, paused }: DisplayState): string[] {
  if (stopping) return ['stopping'];
  return paused ? ['paused'] : [];
}

interface Progress {
  /** 0..1, where the end is known. */
  readonly share?: number;
  readonly words: readonly string[];
}

function progress(state: DisplayState): Progress {
  const { iter, plan, elapsedMs, paused } = state;
  if (iter) {
    const share = iter.totalIter > 0 ? iter.iter / iter.totalIter : 0;
    const place = `${count(iter.iter)}/${count(iter.totalIter)}`;
    // Nobody knows how long a pause will be.
    return { share, words: [place, percent(share), ...(paused ? [] : [`eta ${duration(iter.eta)}`])] };
  }
  const elapsed = duration(elapsedMs / 1000);
  const stage = counted(state);
  if (stage?.stage !== 'crop' || !plan || plan.crops === 0) return { words: [elapsed] };
  const place = `${count(stage.out)} of ${count(plan.crops)} crops`;
  // More than one epoch, or a part that is not the whole: how far it is cannot be said.
  if (stage.out > plan.crops) return { words: [`${count(stage.out)} crops`, elapsed] };
  return { share: stage.out / plan.crops, words: [place, elapsed] };
}

function training(state: DisplayState, width: number, look: Look): string[] {
  const { iter, firstLosses, plan, trend } = state;
  if (!iter) return [];
  const line = curve(valuesOf(trend), look.glyphs);
  const losses = Object.entries(iter.losses).map(([name, value], i) => {
    const first = i === 0 ? firstLosses?.[name] : undefined;
    const from = first === undefined || state.trend.values.length < 2 ? '' : ` from ${scientific(first, 4)}`;
    const drawn = i === 0 && line !== '' ? ` ${look.paint.cyan(line)}` : '';
    return `${visible(name)} ${scientific(value, 4)}${drawn}${from}`;
  });
  const figures = [
    ...losses,
    `lr ${scientific(iter.lr, 3)}`,
    `epoch ${iter.epoch}`,
    ...(plan?.batchSize && iter.time > 0 ? [`pairs ${rate(plan.batchSize / iter.time)}`] : []),
    `${iter.time.toFixed(3)} s/it, data ${iter.timeData.toFixed(3)} s`,
  ];
  return [...flow(figures, width), ...scores(state, width, look)];
}

const mostScores = 6;

function scores({ validation = [] }: DisplayState, width: number, { glyphs }: Look): string[] {
  const shown = validation.length > mostScores ? validation.slice(0, mostScores - 1) : validation;
  const lines = shown.map(({ name, psnr, psnrBicubic }) => {
    const gain = psnr - psnrBicubic;
    const figures = [
      `${psnr.toFixed(2)} dB, bicubic ${psnrBicubic.toFixed(2)}`,
      `${psnr.toFixed(2)} dB, bicubic ${psnrBicubic.toFixed(2)} dB, ${gain < 0 ? '' : '+'}${gain.toFixed(2)}`,
    ];
    const fits = figures.findLast((text) => text.length + 10 <= width) ?? `${psnr.toFixed(2)} dB`;
    return `${elide(visible(name), Math.max(4, width - fits.length - 1), glyphs.ellipsis)} ${fits}`;
  });
  return shown.length === validation.length
    ? lines
    : [...lines, `and ${validation.length - shown.length} more photographs`];
}

function foot(state: DisplayState, width: number, { paint }: Look): string[] {
  const slow = slowest(state);
  const { bytes: now, budget } = held(state);
  const notUsed = state.notUsed.length;
  return flow(
    [
      ...(budget > 0 ? [`held ${bytesOf(now, budget)}`] : []),
      ...(state.rss > 0 ? [`rss ${bytes(state.rss)}`] : ['starting']),
      ...(slow ? [`slowest ${slow.stage} (${percent(slow.load)} busy)`] : []),
      ...(notUsed > 0 ? [paint.yellow(`files not used: ${count(notUsed)}`)] : []),
      ...(state.warnings > 0 ? [paint.yellow(`warnings: ${count(state.warnings)}`)] : []),
    ],
    width,
  );
}
