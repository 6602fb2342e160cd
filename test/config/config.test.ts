import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { readOptions } from '../../src/config/basicsr/read.js';
import { jsonSchemas } from '../../src/config/json-schema.js';
import { isOptionFile } from '../../src/config/kind-of-file.js';
import { loadPipeline, spotIn } from '../../src/config/load-pipeline.js';
import { parseOverride } from '../../src/config/overrides.js';
import { parseYaml } from '../../src/config/parse.js';
import { PipelineFile } from '../../src/config/pipeline-schema.js';
import { closest, editDistance } from '../../src/config/suggest.js';
import { EsrganError } from '../../src/errors.js';
import { TrainOptions } from '../../src/training/options.js';
import { root } from '../root.js';

/** The error that a pipeline text gives. */
function errorOf(text: string, set: readonly string[] = []): EsrganError {
  try {
    parseYaml(PipelineFile, text, 'a.yml', set.map(parseOverride));
  } catch (error) {
    if (error instanceof EsrganError) return error;
    throw error;
  }
  throw new Error('no error');
}

const valid = `name: test
source:
  images: photos/*.png
stages:
  - multiscale:
  - crop: { size: 256, step: 128 }
  - shuffle:
  - degrade: { preset: bicubic }
  - batch: { size: ~, gt_size: 128 }
sink:
  discard:
`;

const at = (line: number, column: number) => ({ file: 'a.yml', line, column });

t.test('the nearest word is suggested, and none when nothing is near', async (t) => {
  t.equal(editDistance('crpo', 'crop'), 1, 'a swap is one change');
  t.equal(editDistance('kitten', 'sitting'), 3);
  t.equal(closest('multi-scale', ['crop', 'multiscale']), 'multiscale');
  t.equal(closest('gtsize', ['size', 'gt_size']), 'gt_size');
  t.equal(closest('banana', ['crop', 'batch', 'shuffle']), undefined);
});

t.test('a valid file is read with its defaults; empty stages mean their defaults', async (t) => {
  const file = parseYaml(PipelineFile, valid, 'a.yml');
  t.equal(file.seed, 0);
  t.equal(file.scale, 4);
  t.equal(file.memory, 512 * 2 ** 20);
  t.strictSame(file.source.images, ['photos/*.png']);
  t.equal(file.stages[0].multiscale?.shortest_edge, 400);
  t.equal(file.stages[4].batch?.size, 12, '~ is as good as no value');
  t.equal(file.sink.discard?.sleep_ms, 0);
});

t.test('every mistake is shown with its line, its column and carets', async (t) => {
  const cases: [name: string, from: string, to: string, message: RegExp, line: number, column: number][] = [
    ['key', 'size: 256', 'sise: 256', /^unknown key "sise" in crop; did you mean "size"\?$/, 6, 13],
    ['stage', '- shuffle:', '- shufle:', /^unknown stage "shufle"; did you mean "shuffle"\?$/, 7, 5],
    ['sink', 'discard:', 'discrad:', /^unknown key "discrad" in sink; did you mean "discard"\?$/, 11, 3],
    ['type', 'size: 256', 'size: "256"', /^crop.size must be a whole number, but is the text "256"$/, 6, 19],
    ['whole', 'step: 128', 'step: 1.5', /^crop.step must be a whole number, but is 1.5$/, 6, 30],
    ['range', 'step: 128', 'step: 0', /^crop.step must be greater than 0, but is 0$/, 6, 30],
    [
      'word',
      'step: 128',
      'too_small: padd',
      /must be one of report, pad, error.*did you mean "pad"\?$/,
      6,
      35,
    ],
    ['preset', 'bicubic }', 'bicubik }', /^degrade.preset must be .*did you mean "bicubic"\?$/, 8, 24],
    ['missing', 'name: test', 'seed: 1', /^missing key "name" \(text\)$/, 1, 1],
    ['colon', '- shuffle:', '- shuffle', /write it with a colon, as in "- shuffle:"$/, 7, 5],
    ['two in one', '- shuffle:', '- { shuffle: , metadata: }', /write one stage in each entry/, 7, 5],
    [
      'rule',
      'photos/*.png',
      'x\n  meta_info: y\n  dataroot_gt: z',
      /^source: give either images, tars or meta_info$/,
      2,
      1,
    ],
    ['bytes', 'shuffle:', 'shuffle: { memory: 12 Mb }', /write a size as 512MiB/, 7, 24],
    [
      'large',
      'gt_size: 128',
      'gt_size: 512',
      /gt_size: must be at most crop.size \(256\), but is 512/,
      9,
      32,
    ],
    ['scale', 'gt_size: 128', 'gt_size: 130', /must be a multiple of scale \(4\), but is 130/, 9, 32],
    ['list', 'photos/*.png', '3', /^source.images must be text or a list, but is 3$/, 3, 11],
  ];
  for (const [name, from, to, message, line, column] of cases) {
    const error = errorOf(valid.replace(from, to));
    t.match(error.message, message, name);
    t.strictSame(error.place, at(line, column), name);
    const [source, carets] = (error.frame ?? '').split('\n');
    t.match(source, valid.replace(from, to).split('\n')[line - 1], `${name}: the line is shown`);
    t.equal(carets.indexOf('^'), column - 1 + '    1 | '.length, `${name}: the caret is below the column`);
  }
});

t.test('stages have an order', async (t) => {
  const swapped = valid.replace('  - shuffle:\n', '').replace('  - crop', '  - shuffle:\n  - crop');
  const error = errorOf(swapped);
  t.match(error.message, /^crop: this stage must come before shuffle; the order is multiscale, crop, /);
  t.strictSame(error.place, at(7, 5));
  const twice = errorOf(valid.replace('  - shuffle:', '  - crop: { size: 300 }'));
  t.match(twice.message, /^crop: this stage occurs twice$/);
  t.strictSame(twice.place, at(7, 5));
});

t.test('a sink has the stages it needs', async (t) => {
  const sink = (text: string, from = '', to = '') =>
    errorOf(valid.replace('discard:', text).replace(from, to));
  const write = sink('write: { folder: x }');
  t.match(write.message, /^sink.write: this sink writes crops: leave out the stages degrade and batch$/);
  t.strictSame(write.place, at(11, 3));
  const train = sink('train: { options: x }', '  - degrade: { preset: bicubic }\n');
  t.match(train.message, /^sink.train: training needs pairs of lq and gt: add the stage degrade$/);
  t.match(sink('', 'sink:', 'sink: {}').message, 'give exactly one of train, write, discard');
  t.match(
    sink('discard:', 'images', 'background: keep\n  images').message,
    /^source.background: only the write sink/,
  );
});

t.test('several mistakes come in one message, in the order of the lines, at most five', async (t) => {
  const two = errorOf(valid.replace('size: 256, step: 128', 'sise: 256, step: x').replace('name', 'nam'));
  t.match(two.message, /^4 problems\n/);
  t.match(two.message.split('\n').slice(1), [
    /^ {2}1:1 {2}(missing key "name"|unknown key "nam"; did you mean "name"\?)/,
    /^ {2}1:1 {2}/,
    /^ {2}6:13 {2}unknown key "sise" in crop/,
    /^ {2}6:30 {2}crop.step must be a whole number, but is the text "x"$/,
  ]);
  t.equal(two.frame?.match(/sise/g)?.length, 1, 'a line is shown once');
  t.equal(two.frame?.split('\n')[3].trimEnd().match(/\^+/g)?.length, 2, 'with a caret for each mistake');
  const many = errorOf(`${valid}a1: 1\na2: 1\na3: 1\na4: 1\na5: 1\na6: 1\na7: 1\n`);
  t.match(many.message, /^7 problems\n/);
  t.match(many.message, /\n {2}\.\.\. and 2 more$/);
});

t.test('YAML itself', async (t) => {
  const twice = errorOf(`${valid}name: again\n`);
  t.equal(twice.message, 'the key "name" occurs twice');
  t.strictSame(twice.place, at(12, 1));
  const broken = errorOf('name: [a\nsource: x\n');
  t.match(broken.message, /^this is not valid YAML: /);
  t.ok(broken.place?.line);
  t.match(errorOf('').message, 'the file is empty');
  t.match(errorOf('- a\n').message, /^the file must be a mapping/);
  t.match(errorOf('a: *nowhere\n').message, /^this is not valid YAML: .*nowhere/);
  const anchors = parseYaml(
    PipelineFile,
    valid.replace('multiscale:', 'multiscale: &m { shortest_edge: 300 }').replace('sink:', 'sink: # again\n'),
    'a.yml',
  );
  t.equal(anchors.stages[0].multiscale?.shortest_edge, 300);
  const merged = z.strictObject({ a: z.strictObject({ x: z.number(), y: z.number() }), b: z.unknown() });
  const text = 'b: &b { x: 1 }\na: { <<: *b, y: 2 }\n';
  t.strictSame(parseYaml(merged, text, 'm.yml').a, { x: 1, y: 2 }, 'merge keys');
  t.match(
    parseYamlError(merged, text.replace('1', 'one')).place,
    { line: 1, column: 12 },
    'the place of a merged value',
  );
  const windows = errorOf(valid.replace('size: 256', 'sise: 256').replaceAll('\n', '\r\n'));
  t.strictSame(windows.place, at(6, 13));
  t.notMatch(windows.frame, '\r');
});

function parseYamlError(schema: z.ZodType, text: string): EsrganError {
  try {
    parseYaml(schema, text, 'm.yml');
  } catch (error) {
    if (error instanceof EsrganError) return error;
  }
  throw new Error('no error');
}

t.test('numbers and nothing as BasicSR writes them', async (t) => {
  const options = parseYaml(
    TrainOptions,
    `network_g: { type: SRVGGNetCompact, num_feat: 8 }
path: { pretrain_network_g: ~ }
train: { total_iter: !!float 1e2, optim_g: { type: Adam, lr: !!float 2e-4, betas: [0.9, 0.99] } }
`,
    'o.yml',
  );
  t.equal(options.train.optim_g.lr, 2e-4);
  t.equal(options.train.total_iter, 100);
  t.notOk(options.path.pretrain_network_g);
  const wrong = parseYamlError(
    TrainOptions,
    'network_g: { type: RRDBNe, num_feat: 8 }\ntrain: { total_iter: 1 }\n',
  );
  t.match(wrong.message, /^network_g.type must be .*RRDBNet.*, but is .*; did you mean "RRDBNet"\?$/);
  t.match(wrong.place, { line: 1, column: 20 });
  const foreign = parseYamlError(
    TrainOptions,
    'network_g: { type: RRDBNet, num_con: 8 }\ntrain: { total_iter: 1 }\n',
  );
  t.notMatch(foreign.message, /num_conv/, 'a key of another network is not suggested');
});

t.test('--set', async (t) => {
  const read = (...set: string[]) => parseYaml(PipelineFile, valid, 'a.yml', set.map(parseOverride));
  t.equal(read('crop.size=300').stages[1].crop?.size, 300, 'a stage by its name');
  t.equal(read('stages.1.crop.size=300').stages[1].crop?.size, 300, 'an entry by its number');
  t.equal(read('stages.crop.size=300').stages[1].crop?.size, 300);
  t.equal(read('shuffle.memory=1GiB').stages[2].shuffle?.memory, 2 ** 30, 'a stage without options');
  t.equal(read('discard.sleep_ms=5').sink.discard?.sleep_ms, 5, 'a sink by its name');
  t.strictSame(read('source.images=[a, b]').source.images, ['a', 'b'], 'the value is YAML');
  t.equal(read('seed=1', 'seed=2').seed, 2, 'the last one wins');
  t.equal(read('name=a=b').name, 'a=b');
  t.equal(read('crop.size=300').stages[1].crop?.step, 128, 'neighbours stay');

  const refused: [set: string, message: RegExp][] = [
    ['crpo.size=1', /^unknown key "crpo"; did you mean "crop"\?$/],
    ['crop.sise=1', /^unknown key "sise" in crop; did you mean "size"\?$/],
    ['stages.7.crop=1', /^stages has no entry 7; its 5 entries: multiscale, crop, /],
    ['metadata.provenance=x', /^this pipeline has no stage "metadata"$/],
    ['crop.size', /^this is not of the form key=value$/],
    ['.size=1', /^this is not of the form key=value$/],
    ['name=[', /^the value \[ cannot be read$/],
    ['name.x=1', /^unknown key "x" in name/],
  ];
  for (const [set, message] of refused) {
    const error = errorOf(valid, [set]);
    t.match(error.message, message, set);
    t.equal(error.code, 'CONFIG_OVERRIDE', set);
    t.equal(error.place?.file, `--set ${set}`, set);
  }
  const value = errorOf(valid, ['crop.size=large']);
  t.equal(value.message, 'crop.size must be a whole number, but is the text "large"');
  t.strictSame(value.place, { file: '--set crop.size=large' }, 'a wrong value is blamed on the option');
  t.equal(value.frame, undefined);
});

async function folderWith(t: Test, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "esrgan config ü'"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

const options = 'network_g: { type: SRVGGNetCompact }\ntrain: { total_iter: 10 }\n';
const training = valid.replace('discard:', 'train: { options: sub/o.yml }');

t.test('a pipeline file and the option file it names', async (t) => {
  const folder = await folderWith(t, { 'p.yml': training, 'sub/o.yml': options });
  const file = path.join(folder, 'p.yml');
  const pipeline = await loadPipeline(file, { set: ['crop.size=128', 'train.total_iter=5'], seed: 7 });
  t.match(pipeline, { name: 'test', seed: 7, scale: 4, file, baseFolder: process.cwd() });
  t.match(pipeline.stages, { multiscale: { hr: true }, crop: { size: 128 }, batch: { gt_size: 128 } });
  t.equal(pipeline.stages.metadata, undefined);
  t.ok(Object.isFrozen(pipeline) && Object.isFrozen(pipeline.stages.crop), 'frozen');
  t.match(
    pipeline.sink,
    { kind: 'train', options: { train: { total_iter: 5 } } },
    'found beside the pipeline',
  );
  t.strictSame(structuredClone(pipeline), pipeline, 'can be sent to a thread');
  t.strictSame(spotIn(pipeline, 'crop.step').place, { file, line: 6, column: 30 });

  const other = await loadPipeline(file, { set: ['network_g.num_feat=9', 'sink.train.manual_seed=3'] });
  t.match(other.sink, { options: { network_g: { num_feat: 9 }, manual_seed: 3 } });
  await t.rejects(loadPipeline(file, { set: ['network_g.num_fea=9'] }), {
    message: /^unknown key "num_fea" in network_g; did you mean "num_feat"\?$/,
  });

  await writeFile(path.join(folder, 'sub/o.yml'), `${options}trian: {}\n`);
  await t.rejects(loadPipeline(file), {
    message: 'unknown key "trian"; did you mean "train"?',
    place: { file: path.join(folder, 'sub/o.yml'), line: 3, column: 1 },
  });
  await writeFile(file, training.replace('sub/o.yml', 'sub/p.yml'));
  await t.rejects(loadPipeline(file), {
    code: 'FILE_NOT_FOUND',
    message: 'there is no file sub/p.yml',
    place: { file, line: 11, column: 21 },
  });
  await t.rejects(loadPipeline(path.join(folder, 'q.yml')), {
    message: /^there is no file/,
    remedy: `Did you mean ${file}?`,
  });
  await t.rejects(loadPipeline(folder), { code: 'FILE_UNREADABLE', message: /is a folder$/ });
});

t.test('shipped pipelines work from any folder', async (t) => {
  const folder = await folderWith(t, { 'datasets/other/a.png': '' });
  const cwd = process.cwd();
  t.teardown(() => process.chdir(cwd));
  process.chdir(folder);
  const shipped = path.join(root, 'pipelines', 'quickstart.yml');
  const pipeline = await loadPipeline(shipped);
  t.equal(pipeline.baseFolder, root, 'the sample photographs are those of the package');
  if (pipeline.sink.kind !== 'train') throw new Error('not a training pipeline');
  for (const image of pipeline.sink.options.val?.images ?? []) t.ok(path.isAbsolute(image), image);
  const own = await loadPipeline(shipped, { set: ['source.images=datasets/other/*.png'] });
  t.equal(own.baseFolder, process.cwd(), 'what is here comes first');
});

t.test('shipped files are valid, and tell editors their schema', async (t) => {
  for (const [folder, schema] of [
    ['pipelines', 'pipeline'],
    ['options', 'train-options'],
  ]) {
    const names = (await readdir(path.join(root, folder))).filter((name) => name.endsWith('.yml'));
    t.ok(names.length > 0, folder);
    for (const name of names) {
      const file = path.join(root, folder, name);
      const text = await readFile(file, 'utf8');
      const whole = schema !== 'pipeline' && isOptionFile(parse(text));
      const editor = whole ? 'option-file' : schema;
      t.equal(text.split('\n')[0], `# yaml-language-server: $schema=../schemas/${editor}.schema.json`, name);
      if (schema === 'pipeline') await t.resolves(loadPipeline(file), name);
      else if (whole) t.doesNotThrow(() => readOptions(text, file), name);
      else t.doesNotThrow(() => parseYaml(TrainOptions, text, file), name);
    }
  }
});

t.test('the files in schemas/ are up to date (npm run schemas rewrites them)', async (t) => {
  for (const [name, text] of Object.entries(jsonSchemas()))
    t.equal(await readFile(path.join(root, 'schemas', name), 'utf8'), text, name);
  const pipeline: unknown = JSON.parse(jsonSchemas()['pipeline.schema.json']);
  t.match(pipeline, {
    additionalProperties: false,
    required: ['name', 'source', 'sink'],
    properties: { stages: { items: { minProperties: 1, maxProperties: 1 } } },
  });
});
