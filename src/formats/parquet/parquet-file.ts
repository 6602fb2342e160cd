import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { isTemporaryName, temporaryName } from '../atomic.js';

/** What a column holds; text is UTF-8. A column that is `nullable` has a gap where its value is undefined. */
export type ParquetColumn<Row> = { readonly name: string; readonly nullable?: true } & (
  | { readonly type: 'STRING'; value(row: Row): string | undefined }
  | { readonly type: 'INT32' | 'DOUBLE'; value(row: Row): number | undefined }
  | { readonly type: 'INT64'; value(row: Row): bigint | undefined }
  | { readonly type: 'BOOLEAN'; value(row: Row): boolean | undefined }
);

type Cell = string | number | bigint | boolean | null;

/** Rows of a group. Readers skip or read groups as a whole, so that larger ones are read faster ... */
const GROUP_ROWS = 65_536;
/** ... and take up more memory here until they are full: of long texts fewer rows make a group. */
const GROUP_TEXT = 8 * 2 ** 20;

/**
 * A flat Parquet file, written row by row (Snappy, statistics for every group). At most one group of rows is held in
 * memory, however long the file becomes. It appears whole with `close`, or not at all: a Parquet file can be read only
 * with what stands at its end.
 */
export class ParquetFile<Row> {
  readonly file: string;
  readonly #columns: readonly ParquetColumn<Row>[];
  readonly #temporary: string;
  readonly #handle: number;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #cells: Cell[][];
  #rows = 0;
  #text = 0;
  #open = true;

  /** Makes the folder of `file` where it is missing, and takes away what a run that was killed has left of it. */
  constructor(file: string, columns: readonly ParquetColumn<Row>[]) {
    this.file = path.resolve(file);
    this.#columns = columns;
    this.#cells = columns.map(() => []);
    mkdirSync(path.dirname(this.file), { recursive: true });
    clearLeftovers(this.file);
    this.#temporary = temporaryName(this.file);
    this.#handle = openSync(this.#temporary, 'wx');
    const schema = schemaFromColumnData({
      columnData: columns.map(({ name, type, nullable = false }) => ({ name, type, nullable, data: [] })),
    });
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: 'esrgan-stream' });
  }

  add(row: Row): void {
    for (const [i, column] of this.#columns.entries()) {
      const value = column.value(row) ?? null;
      if (typeof value === 'string') this.#text += value.length;
      this.#cells[i].push(value);
    }
    this.#rows++;
    if (this.#rows >= GROUP_ROWS || this.#text >= GROUP_TEXT) this.#endGroup();
  }

  /** Ends the file; calling it again does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#endGroup();
    this.#writer.finish();
    this.#flush();
    this.#end();
    renameSync(this.#temporary, this.file);
  }

  /** Leaves nothing behind. */
  discard(): void {
    if (!this.#open) return;
    this.#end();
    rmSync(this.#temporary, { force: true });
  }

  #end(): void {
    closeSync(this.#handle);
    this.#open = false;
  }

  #endGroup(): void {
    if (this.#rows === 0) return;
    this.#writer.write({
      columnData: this.#columns.map(({ name, type }, i) => ({
        ...{ name, type, data: this.#cells[i] },
        // Kept until the end of the file otherwise.
        offsetIndex: false,
      })),
      rowGroupSize: this.#rows,
    });
    this.#flush();
    this.#cells = this.#columns.map(() => []);
    this.#rows = 0;
    this.#text = 0;
  }

  /** What has been encoded goes to the disk; offsets within the file go on. */
  #flush(): void {
    const bytes = new Uint8Array(this.#bytes.buffer, 0, this.#bytes.index);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle, bytes, done);
    this.#bytes.index = 0;
  }
}

function clearLeftovers(file: string): void {
  const { dir, base } = path.parse(file);
  for (const name of readdirSync(dir))
    if (name.startsWith(`.${base}.`) && isTemporaryName(name)) rmSync(path.join(dir, name));
}
