import type { ParquetColumn } from '../../formats/parquet/index.js';
import type { DrawnRecord, SampleRecord } from './records.js';

type Column<Row> = ParquetColumn<Row>;
type Applied = DrawnRecord['degradations'][number];

const text = <Row>(name: string, value: (row: Row) => string): Column<Row> => ({
  name,
  type: 'STRING',
  value,
});
const whole = <Row>(name: string, value: (row: Row) => number): Column<Row> => ({
  name,
  type: 'INT32',
  value,
});

/** Columns of a crop: the fields of its JSON line, sizes in columns of their own. */
export const sampleColumns: readonly Column<SampleRecord>[] = [
  text('id', ({ id }) => id),
  text('source', ({ source }) => source),
  whole('source_width', ({ source_size: [width] }) => width),
  whole('source_height', ({ source_size: [, height] }) => height),
  text('scale', ({ scale }) => scale),
  whole('scale_width', ({ scale_size: [width] }) => width),
  whole('scale_height', ({ scale_size: [, height] }) => height),
  whole('x', ({ x }) => x),
  whole('y', ({ y }) => y),
  whole('width', ({ width }) => width),
  whole('height', ({ height }) => height),
  text('seed', ({ seed }) => seed),
];

type Drawn = { readonly column: string; readonly operators: readonly string[] } & (
  | { readonly type: 'DOUBLE'; readonly keys: readonly string[] }
  | { readonly type: 'STRING'; readonly keys: readonly string[] }
);

/** The parameters that are asked for most, by the operators that have them; `name` is that of the operator itself. */
const common: readonly Drawn[] = [
  { column: 'blur_kernel', operators: ['blur'], type: 'STRING', keys: ['kernel'] },
  { column: 'blur_sigma', operators: ['blur'], type: 'DOUBLE', keys: ['sigma'] },
  { column: 'resize_filter', operators: ['resize'], type: 'STRING', keys: ['filter'] },
  { column: 'resize_factor', operators: ['resize'], type: 'DOUBLE', keys: ['factor'] },
  { column: 'noise', operators: ['gaussian_noise', 'poisson_noise'], type: 'STRING', keys: ['name'] },
  {
    column: 'noise_level',
    operators: ['gaussian_noise', 'poisson_noise'],
    type: 'DOUBLE',
    keys: ['sigma', 'scale'],
  },
  { column: 'jpeg_quality', operators: ['jpeg'], type: 'DOUBLE', keys: ['quality'] },
];

/** What an operator of that kind drew the first time, or the second time, that it was applied to a pair. */
function drawn({ operators, keys }: Drawn, time: number, { degradations }: DrawnRecord): unknown {
  const applied = degradations.filter(({ name }) => operators.includes(name))[time];
  return keys.map((key) => drawnValue(applied, key)).find((value) => value !== undefined);
}

function drawnValue(applied: Applied | undefined, key: string): unknown {
  if (!applied || key === 'name') return applied?.name;
  const { params } = applied;
  const value = typeof params === 'object' && params !== null ? Reflect.get(params, key) : undefined;
  // An anisotropic kernel has a sigma for each axis; the larger one is its extent.
  return Array.isArray(value) ? Math.max(...value.map(Number)) : value;
}

function drawnColumn(what: Drawn, time: number): Column<DrawnRecord> {
  const name = time === 0 ? what.column : what.column.replace(/^[a-z]+/, `$&${time + 1}`);
  if (what.type === 'STRING')
    return {
      ...{ name, type: 'STRING', nullable: true },
      value: (row) => {
        const value = drawn(what, time, row);
        return value === undefined ? undefined : String(value);
      },
    };
  return {
    ...{ name, type: 'DOUBLE', nullable: true },
    value: (row) => {
      const value = drawn(what, time, row);
      return typeof value === 'number' ? value : undefined;
    },
  };
}

/** Columns of a pair: those of its crop, its place in the run, its flips, the common parameters, and all of them as JSON. */
export const drawnColumns: readonly Column<DrawnRecord>[] = [
  ...sampleColumns,
  whole('epoch', ({ epoch }) => epoch),
  { name: 'position', type: 'INT64', value: ({ position }) => BigInt(position) },
  { name: 'hflip', type: 'BOOLEAN', value: ({ augment }) => augment.hflip },
  { name: 'vflip', type: 'BOOLEAN', value: ({ augment }) => augment.vflip },
  { name: 'rot90', type: 'BOOLEAN', value: ({ augment }) => augment.rot90 },
  whole('gt_x', ({ augment }) => augment.x),
  whole('gt_y', ({ augment }) => augment.y),
  whole('gt_size', ({ augment }) => augment.size),
  ...common.map((what) => drawnColumn(what, 0)),
  ...common.map((what) => drawnColumn(what, 1)),
  text('degradations', ({ degradations }) => JSON.stringify(degradations)),
];
