import type { Check, DoctorReport, EngineReport } from '../../doctor/types.js';
import { padEnd, padStart, width } from './columns.js';
import { visible } from './escape.js';
import { bytes } from './format.js';
import { type Paint, plain } from './paint.js';
import { wrap } from './wrap.js';

/** The account of `esrgan doctor` for a terminal of so many columns. */
export function doctorLines(report: DoctorReport, columns: number, paint: Paint = plain): string[] {
  const { processor, cores, memory, platform, node } = report.machine;
  const missing = report.engines.filter(({ found }) => !found);
  const bold = (text: string): string => paint.bold(text);
  return [
    ...wrap(`${visible(processor)}, ${cores} cores, ${bytes(memory)}, ${platform}, Node ${node}`, columns),
    '',
    bold('engines'),
    ...engineTable(report, columns, paint),
    ...(missing.length > 0 ? ['', bold('not there')] : []),
    ...missing.flatMap((engine) => missingLines(engine, columns, paint)),
    '',
    bold('the rest'),
    ...report.checks.flatMap((check) => checkLines(check, columns, paint)),
    '',
    ...autoLines(report, columns, paint),
  ];
}

const nameOf = ({ engine, execution }: EngineReport): string =>
  execution ? `${engine} on ${execution}` : engine;

/** On a narrow terminal the last columns are left out; `--json` has them all. */
function engineTable({ engines, auto }: DoctorReport, columns: number, paint: Paint): string[] {
  const found = engines.filter((engine) => engine.found);
  if (found.length === 0) return [paint.red('  none')];
  const head = ['', 'small step', '3x3 convolution', 'first step', 'memory'];
  const rows = found.map(({ measured, ...engine }) => {
    if (!measured) return [nameOf(engine as EngineReport), 'not measured'];
    const { step_ms, gflops, first_ms, peak_rss } = measured;
    const speeds = [milliseconds(step_ms), `${gflops.toFixed(gflops < 10 ? 1 : 0)} GFLOP/s`];
    return [nameOf(engine as EngineReport), ...speeds, milliseconds(first_ms), bytes(peak_rss)];
  });
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => width(row[i] ?? ''))));
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, i) => (i === 0 ? padEnd(cell, widths[i]!) : padStart(cell, widths[i]!)));
    while (cells.length > 2 && width(cells.join('  ')) + 2 > columns) cells.pop();
    return `  ${cells.join('  ')}`.trimEnd();
  };
  const measured = rows.some((row) => row.length > 2);
  return [
    ...(measured ? [paint.dim(line(head))] : []),
    ...rows.map((row, i) => {
      const { engine, execution } = found[i]!;
      const chosen = auto?.engine === engine && auto.execution === execution;
      return chosen ? paint.green(line(row)) : line(row);
    }),
  ];
}

const milliseconds = (value: number): string =>
  value < 10_000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1000).toFixed(1)} s`;

function missingLines(engine: EngineReport, columns: number, paint: Paint): string[] {
  const { reason, remedy } = engine;
  return [
    ...wrap(`${paint.yellow(nameOf(engine))}: ${visible(reason)}`, columns, '  '),
    ...(remedy ? wrap(`to get it: ${visible(remedy)}`, columns, '    ') : []),
  ];
}

function checkLines({ name, state, found, remedy }: Check, columns: number, paint: Paint): string[] {
  const colour = { good: paint.green, poor: paint.yellow, bad: paint.red }[state];
  return [
    ...wrap(`${colour(state)} ${name}: ${visible(found)}`, columns, '  '),
    ...(remedy ? wrap(visible(remedy), columns, '    ') : []),
  ];
}

function autoLines({ auto, remembered }: DoctorReport, columns: number, paint: Paint): string[] {
  if (!auto) return [paint.red('No engine starts: nothing can be trained here.')];
  const chosen = paint.bold(`${auto.engine} on ${auto.execution}`);
  return [
    ...wrap(`engine: auto takes ${chosen}; ${visible(auto.why)}`, columns),
    ...(remembered ? wrap(`remembered in ${visible(remembered)}`, columns) : []),
  ];
}
