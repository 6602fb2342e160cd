import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import t from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { type ParquetColumn, ParquetFile } from '../../src/formats/parquet/index.js';
import { runPipeline } from '../../src/pipeline/index.js';
import { runPython, withoutModule } from '../python.js';
import { root } from '../root.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'esrgan-parquet-'));
const at = (name: string): string => path.join(folder, name);

type Row = Record<string, unknown>;

const rowsOf = async (file: string): Promise<Row[]> =>
  parquetReadObjects({ file: await asyncBufferFromFile(file) });
const groupsOf = async (file: string): Promise<number[]> => {
  const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(file));
  return row_groups.map(({ num_rows }) => Number(num_rows));
};
const linesOf = (file: string): Row[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

interface Thing {
  readonly name: string;
  readonly n: number;
}

const columns: readonly ParquetColumn<Thing>[] = [
  { name: 'name', type: 'STRING', value: ({ name }) => name },
  { name: 'n', type: 'INT32', value: ({ n }) => n },
  { name: 'far', type: 'INT64', value: ({ n }) => 2n ** 53n + BigInt(n) },
  { name: 'half', type: 'DOUBLE', nullable: true, value: ({ n }) => (n % 3 === 0 ? undefined : n / 2) },
  { name: 'odd', type: 'BOOLEAN', value: ({ n }) => n % 2 === 1 },
  { name: 'note', type: 'STRING', nullable: true, value: ({ n }) => (n % 5 === 0 ? `„${n}“` : undefined) },
];

const expected = (n: number): Row => ({
  name: `row ${n % 7}`,
  n,
  far: 2n ** 53n + BigInt(n),
  half: n % 3 === 0 ? null : n / 2,
  odd: n % 2 === 1,
  note: n % 5 === 0 ? `„${n}“` : null,
});

t.test('rows come back as they were, in groups of bounded size', async (t) => {
  const file = at('new/folder/rows.parquet');
  const table = new ParquetFile(file, columns);
  const count = 150_000;
  for (let n = 0; n < count; n++) table.add({ name: `row ${n % 7}`, n });
  t.strictSame(
    readdirSync(path.dirname(file)).map((name) => name.endsWith('.part')),
    [true],
    'not there before it is whole',
  );
  table.close();
  table.close();
  t.strictSame(readdirSync(path.dirname(file)), ['rows.parquet']);
  t.strictSame(await groupsOf(file), [65_536, 65_536, count - 2 * 65_536]);
  const rows = await rowsOf(file);
  t.equal(rows.length, count);
  for (const n of [0, 1, 15, 65_535, 65_536, 131_073, count - 1]) t.strictSame(rows[n], expected(n), `${n}`);

  const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(file));
  t.strictSame(
    schema
      .slice(1)
      .map(({ type, repetition_type, converted_type }) => [type, repetition_type, converted_type]),
    [
      ['BYTE_ARRAY', 'REQUIRED', 'UTF8'],
      ['INT32', 'REQUIRED', undefined],
      ['INT64', 'REQUIRED', undefined],
      ['DOUBLE', 'OPTIONAL', undefined],
      ['BOOLEAN', 'REQUIRED', undefined],
      ['BYTE_ARRAY', 'OPTIONAL', 'UTF8'],
    ],
  );
});

t.test('long texts end a group earlier; nothing is left of a file that is given up', async (t) => {
  const file = at('long.parquet');
  const table = new ParquetFile<string>(file, [{ name: 'text', type: 'STRING', value: (text) => text }]);
  const texts = Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(2 ** 20, 'x'));
  for (const text of texts) table.add(text);
  table.close();
  t.strictSame(await groupsOf(file), [8, 8, 8, 8, 8]);
  t.strictSame(
    (await rowsOf(file)).map(({ text }) => text),
    texts,
  );
  const never = new ParquetFile<string>(at('never.parquet'), [
    { name: 'text', type: 'STRING', value: (text) => text },
  ]);
  never.add('x');
  never.discard();
  // A file whose writer was killed, and one of another file.
  new ParquetFile(at('killed.parquet'), columns);
  new ParquetFile(at('killed.parquet-not.parquet'), columns).close();
  new ParquetFile(at('killed.parquet'), columns).close();
  t.notOk(readdirSync(folder).some((name) => name.startsWith('.')));
  const empty = new ParquetFile(at('empty.parquet'), columns);
  empty.close();
  t.strictSame(await rowsOf(at('empty.parquet')), []);
  t.notOk(readdirSync(folder).some((name) => name.includes('never')));
});

const pipelineOf = async (metadata: string, sink = 'discard:', more = '') => {
  const file = at(`${Math.random()}.yml`);
  writeFileSync(
    file,
    `name: noted
memory: 64MiB
workers: 1
source: { images: ${JSON.stringify(path.join(root, 'datasets/sample/{astronaut,coffee}.*'))} }
stages:
  - multiscale: { scales: [0.5], shortest_edge: 300 }
  - crop: { size: 200, step: 150 }
  - metadata: { ${metadata} }
${more}
sink: { ${sink} }
`,
  );
  return loadPipeline(file);
};
const degraded = '  - degrade: { preset: realesrgan }\n  - batch: { size: 4, gt_size: 64 }';

t.test('provenance of crops is the same in both forms', async (t) => {
  const [lines, table] = [at('crops.jsonl'), at('crops.parquet')];
  for (const file of [lines, table])
    await runPipeline(await pipelineOf(`provenance: ${JSON.stringify(file)}`)).done;
  const rows = await rowsOf(table);
  t.ok(rows.length > 10);
  t.strictSame(
    rows.map(({ source_width, source_height, scale_width, scale_height, ...row }) => ({
      ...row,
      source_size: [source_width, source_height],
      scale_size: [scale_width, scale_height],
    })),
    linesOf(lines).map(({ source_size, scale_size, ...row }) => ({ ...row, source_size, scale_size })),
  );
});

t.test('units of a sink that writes give it too', async (t) => {
  const table = at('written.parquet');
  const tars = JSON.stringify(at('tars/{0000..}.tar'));
  await runPipeline(
    await pipelineOf(
      `provenance: ${JSON.stringify(table)}`,
      `write: { webdataset: ${tars}, content: crops, max_samples: 8 }`,
    ),
  ).done;
  t.strictSame(await rowsOf(table), await rowsOf(at('crops.parquet')));
});

t.test('pairs with what was drawn for them: typed columns, and all of it as JSON', async (t) => {
  const [lines, table] = [at('pairs.jsonl'), at('pairs.parquet')];
  const twice = degraded.replace('- degrade', '- shuffle:\n  - degrade');
  for (const file of [lines, table]) {
    const pipeline = await pipelineOf(`pairs: ${JSON.stringify(file)}`, 'discard:', twice);
    await runPipeline({ ...pipeline, epochs: 2 }).done;
  }
  const [rows, records] = [await rowsOf(table), linesOf(lines)];
  t.equal(rows.length, records.length);
  t.strictSame(
    rows.map(({ epoch, position }) => [epoch, position]),
    rows.map((_, i) => [i < rows.length / 2 ? 0 : 1, BigInt(i)]),
    'every pair of both epochs, in order',
  );
  type Applied = { readonly name: string; readonly params: Row };
  for (const [i, row] of rows.entries()) {
    const record = records[i] as { augment: Row; degradations: Applied[] } & Row;
    t.match(row, { id: record.id, seed: record.seed, gt_x: record.augment.x, rot90: record.augment.rot90 });
    t.strictSame(JSON.parse(String(row.degradations)), record.degradations);
    const drawn = (...names: string[]) => record.degradations.filter(({ name }) => names.includes(name));
    const qualities = drawn('jpeg').map(({ params }) => params.quality);
    t.strictSame([row.jpeg_quality, row.jpeg2_quality], qualities);
    const noises = drawn('gaussian_noise', 'poisson_noise');
    t.strictSame([row.noise, row.noise2], [noises[0]?.name, noises[1]?.name]);
    t.strictSame(row.noise_level, noises[0]?.params.sigma ?? noises[0]?.params.scale);
    const [blur] = drawn('blur');
    t.equal(row.blur_kernel, blur?.params.kernel ?? null);
    // A sinc kernel has none.
    const sigmas = [blur?.params.sigma ?? []].flat().map(Number);
    t.equal(row.blur_sigma, sigmas.length > 0 ? Math.max(...sigmas) : null);
    t.equal(row.resize_filter, drawn('resize')[0].params.filter);
    t.equal(row.resize2_factor, drawn('resize')[1].params.factor ?? null);
  }
});

t.test('a run that goes on begins a file beside the earlier one', async (t) => {
  const table = at('goes-on.parquet');
  const pipeline = await pipelineOf(`pairs: ${JSON.stringify(table)}`, 'discard:', degraded);
  await runPipeline(pipeline).done;
  const before = readFileSync(table);
  await runPipeline(pipeline, { startBatch: 2 }).done;
  t.ok(readFileSync(table).equals(before));
  const [all, rest] = [await rowsOf(table), await rowsOf(at('goes-on-000000008.parquet'))];
  t.strictSame(rest, all.slice(8));
});

t.test('what cannot be noted down is said before the run', async (t) => {
  await t.rejects(pipelineOf('pairs: x.parquet'), { message: /makes no pairs: write provenance/ });
  const written = pipelineOf(
    'pairs: x.parquet',
    'write: { webdataset: "x/{0..}.tar", content: pairs }',
    degraded,
  );
  await t.rejects(written, { message: /the \.json of every sample/ });
});

t.test('pyarrow reads the same', { skip: withoutModule('pyarrow') ?? false }, async (t) => {
  const program = `
import json, sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
print(json.dumps({"types": {f.name: str(f.type) for f in table.schema}, "rows": table.to_pylist()}))`;
  const { types, rows } = JSON.parse(runPython(program, [at('pairs.parquet')]));
  t.match(types, { id: 'string', x: 'int32', position: 'int64', jpeg_quality: 'double', hflip: 'bool' });
  const plain = (await rowsOf(at('pairs.parquet'))).map((row) => ({
    ...row,
    position: Number(row.position),
  }));
  t.strictSame(rows, plain);
});
