import { padEnd, padStart, width as widthOf } from './columns.js';
import { bytes, bytesOf, count, percent, rate } from './format.js';
import { bar } from './glyphs.js';
import type { Look } from './look.js';
import { type DisplayState, type StageView, slowest } from './state.js';

interface Column {
  readonly title: string;
  readonly cell: (stage: StageView) => string;
  readonly align: 'left' | 'right';
}

const gauge = 10;

/** What every stage does: first what must be seen, then as many more columns as the terminal has room for. */
export function stageTable(state: DisplayState, width: number, look: Look): string[] {
  const { stages } = state;
  if (stages.length === 0) return [];
  const last = slowest(state)?.stage;
  const columns = choose(stages, width, look);
  const sizes = columns.map(({ title, cell }) => widest([title, ...stages.map(cell)]));
  const line = (cell: (column: Column) => string): string =>
    columns
      .map((column, i) => (column.align === 'left' ? padEnd : padStart)(cell(column), sizes[i]!))
      .join('  ');
  return [
    look.paint.dim(line(({ title }) => title).trimEnd()),
    ...stages.map((stage) => {
      const row = line(({ cell }) => cell(stage)).trimEnd();
      return stage.stage === last ? look.paint.yellow(row) : row;
    }),
  ];
}

const widest = (cells: readonly string[]): number => Math.max(...cells.map(widthOf));

/** Of the wider and wider choices of columns the last that fits. */
function choose(stages: readonly StageView[], width: number, { glyphs }: Look): readonly Column[] {
  const name: Column = { title: 'stage', cell: ({ stage }) => stage, align: 'left' };
  const out: Column = { title: 'out', cell: (stage) => count(stage.out).padStart(7), align: 'right' };
  const pace: Column = { title: 'rate', cell: (stage) => rate(stage.rate).padStart(9), align: 'right' };
  const busy: Column = { title: 'busy', cell: ({ load }) => percent(load).padStart(5), align: 'right' };
  const waiting: Column = { title: 'waiting', cell: (stage) => count(stage.waiting), align: 'right' };
  const held: Column = { title: 'held', cell: holding, align: 'left' };
  const meter: Column = { title: '', cell: ({ load }) => bar(load, gauge, glyphs), align: 'left' };
  const fill: Column = {
    title: '',
    cell: ({ bytes: now, budget }) => (now !== undefined && budget ? bar(now / budget, gauge, glyphs) : ''),
    align: 'left',
  };
  const holds = stages.some((stage) => holding(stage) !== '');
  const choices = [
    [name, pace, busy],
    [name, out, pace, busy],
    ...(holds ? [[name, out, pace, busy, held]] : []),
    [name, out, pace, busy, waiting, ...(holds ? [held] : [])],
    [name, out, pace, busy, meter, waiting, ...(holds ? [held] : [])],
    [name, out, pace, busy, meter, waiting, ...(holds ? [held, fill] : [])],
  ];
  const needs = (columns: readonly Column[]): number =>
    columns.reduce((sum, { title, cell }) => sum + 2 + widest([title, ...stages.map(cell)]), -2);
  return choices.findLast((columns) => needs(columns) <= width) ?? [name, busy];
}

/** As wide as a full budget, so that the columns after it stand still. */
function holding({ bytes: now, budget }: StageView): string {
  if (now === undefined) return '';
  return budget ? padEnd(bytesOf(now, budget), bytesOf(budget, budget).length) : bytes(now);
}
