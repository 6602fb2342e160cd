import { cpus, loadavg, release } from 'node:os';

/** What a benchmark gives: its table, and one figure against its goal. */
export interface BenchResult {
  readonly name: string;
  /** One sentence: what is compared with what. */
  readonly what: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** The figure that counts. */
  readonly ratio: number;
  readonly goal: string;
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Bench {
  readonly name: string;
  run(log: (line: string) => void): Promise<BenchResult>;
}

export const machine = () => ({
  cpu: cpus()[0].model,
  cores: cpus().length,
  node: process.version,
  kernel: release(),
  load: loadavg()[0],
});

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Seconds that a piece of work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** A Markdown table, which also reads well in a terminal. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(cells[0]), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join(
    '\n',
  );
}
