import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ParquetColumn } from '../../formats/parquet/index.js';

/** A file to which one row an item is added. */
export interface RowFile<Row> {
  add(row: Row): void;
  /** Calling it again does nothing. */
  close(): void;
}

/** Whether the name of a file asks for Parquet. */
export const isParquet = (file: string): boolean => path.extname(file).toLowerCase() === '.parquet';

/**
 * A file of records: Parquet by its extension, otherwise JSON Lines. With `append`, an earlier run's records are kept:
 * lines are added to its file; a Parquet file cannot be added to, so that another one is begun beside it, named by the
 * place in the run of its first row: `crops-000012000.parquet`.
 */
export async function openRecords<Row>(
  file: string,
  columns: readonly ParquetColumn<Row>[],
  append: boolean,
): Promise<RowFile<{ readonly record: Row; readonly position: number }>> {
  if (!isParquet(file)) return new LineFile(file, ({ record }) => JSON.stringify(record), append);
  const { ParquetFile } = await import('../../formats/parquet/index.js');
  let open: RowFile<Row> | undefined = append ? undefined : new ParquetFile(file, columns);
  return {
    add: ({ record, position }) => {
      open ??= new ParquetFile(besides(file, position), columns);
      open.add(record);
    },
    close: () => open?.close(),
  };
}

/** Writes records that are all there as a Parquet file, whole or not at all. */
export async function writeParquet<Row>(
  file: string,
  columns: readonly ParquetColumn<Row>[],
  records: Iterable<Row>,
): Promise<void> {
  const { ParquetFile } = await import('../../formats/parquet/index.js');
  const table = new ParquetFile(file, columns);
  try {
    for (const record of records) table.add(record);
    table.close();
  } finally {
    table.discard();
  }
}

function besides(file: string, position: number): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${String(position).padStart(9, '0')}${ext}`);
}

/** Whole lines go out at least so often. */
const FLUSH = 64;

export class LineFile<Row> implements RowFile<Row> {
  readonly #file: number;
  readonly #line: (row: Row) => string;
  #lines: string[] = [];
  #open = true;

  constructor(file: string, line: (row: Row) => string, append: boolean) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    this.#file = openSync(file, append ? 'a' : 'w');
    this.#line = line;
  }

  add(row: Row): void {
    this.#lines.push(this.#line(row));
    if (this.#lines.length >= FLUSH) this.#flush();
  }

  close(): void {
    if (!this.#open) return;
    this.#flush();
    closeSync(this.#file);
    this.#open = false;
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }
}
