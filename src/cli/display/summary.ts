import type { RunSummary, ValidationResult } from '../../events.js';
import { ALREADY_THERE } from '../../stages/write/skip-written.js';
import { shownPath, visible } from './escape.js';
import { bytes, count, plural, scientific, took } from './format.js';
import { notUsedLines } from './not-used.js';
import { type Paint, plain } from './paint.js';
import { type Row, roomBeside, rowLines } from './rows.js';
import type { DisplayState } from './state.js';

const shownFiles = 20;

/** The account at the end of a run, for a terminal of so many columns. */
export function summaryLines(
  summary: RunSummary,
  saved: DisplayState['saved'],
  paint: Paint = plain,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const title = summary.stopped ? paint.yellow('stopped') : paint.green('done');
  const rows: Row[] = [
    ...fileRows(summary, saved, roomBeside(['peak memory'], columns)),
    ...(summary.written ? [] : [['crops', count(summary.crops)] satisfies Row]),
    ...(summary.batches > 0 ? [['batches', count(summary.batches)] satisfies Row] : []),
    ['peak memory', bytes(summary.peakRss)],
    ...lossRows(summary),
    ...psnrRows(summary.validation?.at(-1)?.results ?? []),
    ...writtenRows(summary, saved),
  ];
  return [
    `${paint.bold(visible(summary.name))}: ${title} in ${took(summary.elapsedMs)}`,
    ...rowLines(rows, columns),
  ];
}

function fileRows({ files }: RunSummary, saved: DisplayState['saved'], room: number): Row[] {
  const finished = files.filter(({ reason }) => reason === ALREADY_THERE);
  const rest = files.filter(({ outcome, reason }) => outcome !== 'used' && reason !== ALREADY_THERE);
  const number = (outcome: string): string => count(rest.filter((file) => file.outcome === outcome).length);
  const account = [
    `${count(files.length - finished.length - rest.length)} used`,
    ...(finished.length > 0 ? [`${count(finished.length)} finished before`] : []),
    `${number('skipped')} skipped`,
    `${number('failed')} failed`,
  ];
  const report = saved.find(({ what }) => what === 'report')?.path;
  const lines = report
    ? notUsedLines(
        rest,
        shownFiles,
        `; all of them are listed in ${shownPath(report)}`,
        Math.max(12, room - 10),
      )
    : notUsedLines(rest, Number.POSITIVE_INFINITY);
  const total = `${count(files.length)}: ${account.join(', ')}`;
  return [['files', total], ...lines.map((line): Row => ['', line])];
}

function lossRows({ losses = [] }: RunSummary): Row[] {
  const [first, last] = [losses[0], losses.at(-1)];
  if (!first || !last) return [];
  return Object.entries(last.losses).map(([name, value]) => {
    const from = first.losses[name];
    const start = from === undefined ? '' : `${scientific(from, 4)} at iter ${count(first.iter)}, `;
    return [`loss ${name}`, `${start}${scientific(value, 4)} at iter ${count(last.iter)}`];
  });
}

function psnrRows(results: readonly ValidationResult[]): Row[] {
  const scores = results.map(
    ({ name, psnr, psnrBicubic }): Row => [
      'PSNR',
      `${visible(name)}: network ${psnr.toFixed(2)} dB, bicubic ${psnrBicubic.toFixed(2)} dB`,
    ],
  );
  return results.length === 0 ? [] : [...scores, ['', verdict(results)]];
}

/** Who won, without varnish. */
export function verdict(results: readonly ValidationResult[]): string {
  const gains = results.map(({ psnr, psnrBicubic }) => psnr - psnrBicubic);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const on =
    results.length === 1 ? 'on the held-back photograph' : `on average over ${results.length} photographs`;
  if (!Number.isFinite(mean)) return `No winner can be named ${on}: a PSNR is not a finite number.`;
  const gap = `${Math.abs(mean).toFixed(2)} dB`;
  if (Math.abs(mean) < 0.005) return `The network and bicubic are equal ${on}.`;
  if (mean > 0) return `The network beats bicubic by ${gap} ${on}.`;
  return `Bicubic is still better by ${gap} ${on}: the network needs more training.`;
}

function writtenRows({ written }: RunSummary, saved: DisplayState['saved']): Row[] {
  const files = latest(saved).map(({ what, path }): Row => [what, shownPath(path)]);
  if (!written) return files;
  const { files: made, existing, folder } = written;
  const found = existing ? `; ${count(existing)} ${existing === 1 ? 'was' : 'were'} already there` : '';
  return [['written', `${plural(made, 'picture')} in ${shownPath(folder)}${found}`], ...files];
}

/** Of checkpoints the last, and of the pictures of each photograph; earlier ones may be gone by now. */
function latest(saved: DisplayState['saved']): DisplayState['saved'] {
  const numbered = (path: string): string => path.replace(/_(\d+|latest)(?=\.\w+$)/, '');
  return [...new Map(saved.map((one) => [`${one.what} ${numbered(one.path)}`, one])).values()];
}
