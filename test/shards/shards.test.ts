import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { readTar } from '../../src/formats/tar/index.js';
import { names, workplace } from '../e2e/esrgan.js';
import {
  appears,
  begin,
  esrgan,
  pairStages,
  photographs,
  pipeline,
  results,
  single,
  type Write,
} from './workers.js';

t.setTimeout(300_000);

const tars = { write: '{ webdataset: "out/{0000..}.tar", max_samples: 4, epochs: 2 }' };

t.test('tars, in one process and in five that run together, die and are started again', async (t) => {
  const photos = await photographs(t);
  const one = await single(t, photos, tars);
  const all = names(path.join(one.cwd, 'out'));
  const samples: Record<string, string[]> = {};
  for (const name of all.filter((name) => name.endsWith('.tar')))
    for await (const member of readTar(path.join(one.cwd, 'out', name))) {
      const [key, ...kind] = member.name.split('.');
      samples[key] = [...(samples[key] ?? []), kind.join('.')];
      if (kind[0] === 'json') {
        const { id, source, position, degradations } = JSON.parse(Buffer.from(member.data).toString());
        t.equal(position, Number(key));
        t.ok(id.startsWith(source) && degradations.length === 3 && !source.includes('/'), id);
        continue;
      }
      const { width, height } = await sharp(Buffer.from(member.data)).metadata();
      t.same([width, height], kind[0] === 'gt' ? [64, 64] : [16, 16]);
    }
  const count = Object.keys(samples).length;
  t.same(Object.values(samples), Array(count).fill(['gt.png', 'lq.png', 'json']));
  t.equal(all.length, Math.ceil(count / 4) + 1);
  const index = JSON.parse(readFileSync(path.join(one.cwd, 'out', 'index.json'), 'utf8'));
  t.equal(index.shardlist.length, all.length - 1);
  t.match(index.shardlist[0], {
    url: '0000.tar',
    nsamples: 4,
    filesize: statSync(path.join(one.cwd, 'out/0000.tar')).size,
  });
  const lines = readFileSync(path.join(one.cwd, 'lists', 'prov.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  t.equal(lines.length, count / 2, 'provenance has every crop of the first epoch');

  const cwd = await workplace(t);
  pipeline(cwd, photos, tars);
  const planned = await esrgan(t, 'plan p.yml --shards 5 --out plan.json', cwd);
  t.match(planned, {
    code: 0,
    err: '',
    out: new RegExp(`plan.json: 5 shards of ${count} samples from 3 photographs`),
  });
  const together = await Promise.all([
    esrgan(t, 'work plan.json --shard 4', cwd),
    esrgan(t, 'work plan.json --shard auto', cwd, ['SLURM_ARRAY_TASK_ID=1']),
  ]);
  for (const ended of together) t.match(ended, { code: 0, err: '', out: /shard \d of 5 is finished\n/ });
  t.match(await esrgan(t, 'merge plan.json', cwd), {
    code: 2,
    err: /3 of 5 shards are not finished: 0, 2, 3/,
  });

  const { shards } = JSON.parse(readFileSync(path.join(cwd, 'plan.json'), 'utf8').replace(/\n/g, ''));
  t.ok(shards[2].to - shards[2].from >= 3, 'there is something to interrupt');
  const record = (unit: number): string =>
    path.join(cwd, 'out', '.esrgan-stream', `${String(unit).padStart(6, '0')}.json`);
  const victim = begin(t, ['work', 'plan.json', '--shard', '2'], cwd);
  const killed = victim.ended;
  await appears(record(shards[2].from), victim);
  victim.kill('SIGKILL');
  t.equal((await killed).signal, 'SIGKILL');
  const tar = path.join(cwd, 'out', `${String(shards[2].from).padStart(4, '0')}.tar`);
  const before = statSync(tar).mtimeMs;
  t.match(await esrgan(t, 'work plan.json --shard 2', cwd), { code: 0, err: '' });
  t.equal(statSync(tar).mtimeMs, before, 'a finished tar is not touched');
  t.match(await esrgan(t, 'work plan.json --shard 2', cwd), {
    code: 0,
    out: 'plan.json: shard 2 of 5 is finished already\n',
  });
  const rest = await esrgan(t, 'work plan.json --shard auto', cwd, ['RANK=0', 'WORLD_SIZE=3']);
  t.match(rest, { code: 0, out: /shard 0 of 5 is finished\n[\s\S]*shard 3 of 5 is finished\n/ });

  const damaged = path.join(cwd, 'out', '0001.tar');
  const good = readFileSync(damaged);
  writeFileSync(damaged, good.with(600, good[600] ^ 1));
  t.match(await esrgan(t, 'merge plan.json', cwd), {
    code: 2,
    err: /0001\.tar is not as shard 0 wrote it[\s\S]*Delete it and run/,
  });
  writeFileSync(damaged, good);
  t.match(await esrgan(t, 'merge plan.json', cwd), {
    code: 0,
    err: '',
    out: new RegExp(`5 shards whole, ${count} samples\\n`),
  });
  t.same(results(cwd), one.made, 'byte for byte');
});

t.test('a single process that is killed goes on, and ends with the same bytes', async (t) => {
  const photos = await photographs(t);
  const one = await single(t, photos, tars);
  const cwd = await workplace(t);
  pipeline(cwd, photos, tars);
  const run = begin(t, ['run', 'p.yml'], cwd);
  const first = path.join(cwd, 'out', '.esrgan-stream', '000000.json');
  await appears(first, run);
  run.kill('SIGKILL');
  await run.ended;
  const before = statSync(path.join(cwd, 'out', '0000.tar')).mtimeMs;
  const again = await esrgan(t, 'run p.yml', cwd);
  t.match(again, { code: 0, err: '', out: /were already there/ });
  t.equal(statSync(path.join(cwd, 'out', '0000.tar')).mtimeMs, before);
  t.same(results(cwd), one.made);
  rmSync(path.join(cwd, 'lists'), { recursive: true });
  t.match(await esrgan(t, 'run p.yml', cwd), { code: 0, out: /3 finished before/ });
  t.same(results(cwd), one.made, 'lists are made of what is there');
  t.match(await esrgan(t, 'run p.yml --seed 4', cwd), { code: 2, err: /seed was 3 and is 4 now/ });
});

const kinds: Record<string, Write> = {
  pairs: { write: '{ pairs: { gt: out, lq: lq, meta_info: lists/pairs.txt } }' },
  folder: { write: '{ folder: out, compression_level: 1 }', stages: '  - shuffle:\n' },
};
// Small crops, so that there is more than one group of pictures.
const many = ['--set', 'crop.size=64', '--set', 'crop.step=32'];

for (const [kind, write] of Object.entries(kinds))
  t.test(`${kind}: two shards make what one process makes`, async (t) => {
    const photos = await photographs(t);
    const [one, two] = [await workplace(t), await workplace(t)];
    for (const cwd of [one, two]) pipeline(cwd, photos, write);
    t.match(await begin(t, ['run', 'p.yml', ...many], one).ended, { code: 0, err: '' });
    t.match(await begin(t, ['plan', 'p.yml', '--shards', '2', '--out', 'plan.json', ...many], two).ended, {
      code: 0,
      err: '',
    });
    for (const shard of [1, 0])
      t.match(await esrgan(t, `work plan.json --shard ${shard}`, two), { code: 0, err: '' });
    t.match(await esrgan(t, 'merge plan.json', two), { code: 0, err: '' });
    // One process that writes to one folder needs no records.
    if (kind === 'folder') rmSync(path.join(two, 'out', '.esrgan-stream'), { recursive: true });
    t.same(results(two), results(one));
    const made = names(path.join(one, 'out'));
    t.ok(made.length > 256, `${made.length} pictures`);
    if (kind !== 'pairs') return;
    t.same(names(path.join(one, 'lq')), made);
    const lines = readFileSync(path.join(one, 'lists', 'pairs.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    t.same(
      lines,
      made.map((name) => `${name}, ${name}`),
    );
  });

t.test('crops in tars, as NumPy arrays', async (t) => {
  const photos = await photographs(t);
  const { cwd } = await single(t, photos, {
    write: '{ webdataset: "out/{00..}.tar", content: crops, encode: raw, max_bytes: 1MiB }',
    stages: '',
  });
  const made = names(path.join(cwd, 'out')).filter((name) => name.endsWith('.tar'));
  t.ok(made.length > 1 && made.every((name) => statSync(path.join(cwd, 'out', name)).size <= 2 ** 20));
  const members: { name: string; data: Uint8Array }[] = [];
  for await (const member of readTar(path.join(cwd, 'out', '00.tar'))) members.push(member);
  t.same(
    members.slice(0, 2).map(({ name }) => name),
    ['0000000000.gt.npy', '0000000000.json'],
  );
  const pixels = await sharp(path.join(photos, 'chelsea.png'))
    .extract({ left: 0, top: 0, width: 160, height: 160 })
    .removeAlpha()
    .raw()
    .toBuffer();
  t.equal(Buffer.compare(Buffer.from(members[0].data).subarray(-pixels.length), pixels), 0);
});

t.test('merge accounts for every photograph, as one process does, and writes the report', async (t) => {
  const photos = await photographs(t);
  const whole = readFileSync(path.join(photos, 'chelsea.png'));
  writeFileSync(path.join(photos, 'cut.png'), whole.subarray(0, whole.length / 2));
  writeFileSync(path.join(photos, 'text.png'), 'no picture');
  const make = async (): Promise<string> => {
    const cwd = await workplace(t);
    pipeline(cwd, photos, { ...tars, stages: pairStages.replace('  - shuffle:\n', '') });
    appendFileSync(path.join(cwd, 'p.yml'), 'out: report\n');
    return cwd;
  };
  const [one, two] = [await make(), await make()];
  t.match(await esrgan(t, 'run p.yml', one), { code: 0, out: /files +5: 3 used, 1 skipped, 1 failed/ });
  t.match(await esrgan(t, 'plan p.yml --shards 2 --out plan.json', two), {
    code: 0,
    out: /skipped .*text\.png/,
  });
  for (const shard of [1, 0]) t.match(await esrgan(t, `work plan.json --shard ${shard}`, two), { code: 0 });
  const merged = await esrgan(t, 'merge plan.json', two);
  const lines =
    /could not be had\n {2}photographs {2}3 used, 1 skipped, 1 failed\n.*skipped .*text\.png.*\n.*failed .*cut\.png: .+\n/;
  t.match(merged, { code: 0, err: '', out: lines });
  t.same(results(two), results(one), 'byte for byte, with what is missing');
  const report = readFileSync(path.join(two, 'report', 'report.html'), 'utf8');
  for (const text of ['cut.png', 'text.png', 'esrgan merge plan.json', '3 of 5', '1 failed'])
    t.ok(report.includes(text), text);
});

t.test('what is wrong is said, and nothing is written', async (t) => {
  const photos = await photographs(t);
  const cwd = await workplace(t);
  const run = (args: string) => esrgan(t, args, cwd);
  pipeline(cwd, photos, tars);
  t.match(await run('plan p.yml --shards 999 --out plan.json'), {
    code: 2,
    err: /999 shards are more than there are tars: \d+[\s\S]*Use at most/,
  });
  t.match(await run('plan p.yml --shards 3 --out plan.json'), { code: 0 });
  t.match(await run('work plan.json --shard 3'), {
    code: 2,
    err: /--shard is 3, but the plan has 3 shards, from 0 to 2/,
  });
  t.match(await run('work plan.json --shard auto'), { code: 2, err: /none is set/ });
  t.match(await run('work none.json --shard 0'), { code: 2, err: /none\.json cannot be read/ });

  const text = readFileSync(path.join(cwd, 'plan.json'), 'utf8');
  const changed: [string, RegExp][] = [
    [
      text.replace('"version":1', '"version":7'),
      /was made by version \S+ \(plan version 7\); this is version/,
    ],
    [
      text.replace(/"made_by":"[^"]+"/, '"made_by":"0.0.1"'),
      /made by version 0\.0\.1[\s\S]*one version of esrgan-stream/,
    ],
    [text.replace('"scale":4', '"scale":2'), /has been changed since it was made/],
    [text.replace('"width":600', '"width":601'), /has been changed since it was made/],
    [text.slice(0, text.length / 2), /is no plan of esrgan plan, or only a part of one/],
  ];
  for (const [content, message] of changed) {
    writeFileSync(path.join(cwd, 'other.json'), content);
    t.match(await run('work other.json --shard 0'), { code: 2, err: message });
  }
  const file = path.join(photos, 'coffee.png');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.with(bytes.length - 5, bytes[bytes.length - 5] ^ 1));
  t.match(await run('work plan.json --shard 0'), {
    code: 2,
    err: /coffee\.png has other contents since the run was planned/,
  });
  rmSync(file);
  t.match(await run('work plan.json --shard 0'), { code: 2, err: /coffee\.png is not there any more/ });
  t.notOk(readdirSync(cwd).includes('out'));

  writeFileSync(path.join(cwd, 'p.yml'), `name: a\nsource: { images: '${photos}' }\nsink: { discard: }\n`);
  t.match(await run('plan p.yml --shards 1 --out plan.json'), { code: 2, err: /writes no pictures/ });
  const rules: [string, string, RegExp][] = [
    ['{ webdataset: "out/{0..}.tar" }', '', /this sink writes pairs of lq and gt: add the stage degrade/],
    ['{ webdataset: "out/{0..}.tar", content: crops }', pairStages, /this sink writes crops: leave out/],
    ['{ pairs: { gt: out/a, lq: out/b/../a } }', pairStages, /give lq a folder of its own/],
    ['{ webdataset: out.tar }', pairStages, /write a path such as out\/\{000000\.\.\}\.tar/],
  ];
  for (const [write, stages, message] of rules) {
    pipeline(cwd, photos, { write, stages });
    t.match(await run('validate p.yml'), { code: 2, err: message });
  }
});
