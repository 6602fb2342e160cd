import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { queueAddress } from '../../src/shards/queue/address.js';
import { type Ended, workplace } from '../e2e/esrgan.js';
import { freePort, noRedis, startRedis } from './redis.js';
import { appears, begin, esrgan, photographs, pipeline, results, single, type Write } from './workers.js';

t.setTimeout(300_000);

/** Goes on after the first samples of a process when there is no file `hold`: so there is a middle of a shard on any machine. */
const held = `import { existsSync } from 'node:fs';
import { defineDegradation, z } from 'esrgan-stream/degradation';
let calls = 0;
export default defineDegradation({
  name: 'held',
  options: z.object({}),
  sample: () => ({}),
  apply(image) {
    calls++;
    while (calls > 4 && existsSync('hold')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    return image;
  },
});
`;
const write: Write = {
  write: '{ webdataset: "out/{0000..}.tar", max_samples: 2, epochs: 3 }',
  stages: `  - degrade: [{ use: ./held.mjs }, { resize: { to: lq } }, { gaussian_noise: { sigma: [1, 30] } }]
  - batch: { gt_size: 64, size: 4 }
`,
};

interface Planned {
  readonly shards: readonly { readonly from: number; readonly to: number }[];
}

async function planned(t: Test, photos: string, shards: number) {
  const cwd = await workplace(t);
  pipeline(cwd, photos, write);
  writeFileSync(path.join(cwd, 'held.mjs'), held);
  t.match(await esrgan(t, `plan p.yml --shards ${shards} --out plan.json`, cwd), { code: 0, err: '' });
  const plan: Planned = JSON.parse(readFileSync(path.join(cwd, 'plan.json'), 'utf8'));
  const record = (unit: number): string =>
    path.join(cwd, 'out', '.esrgan-stream', `${String(unit).padStart(6, '0')}.json`);
  return { cwd, plan, record };
}

const finished = (ended: readonly Ended[]): number[] =>
  ended
    .flatMap(({ out }) =>
      [...out.matchAll(/shard (\d+) of \d+ is finished/g)].map(([, shard]) => Number(shard)),
    )
    .sort((a, b) => a - b);

t.test('four workers, two killed in mid-shard, and Redis started anew', { skip: noRedis }, async (t) => {
  const redis = await startRedis(t);
  const photos = await photographs(t);
  const one = await single(t, photos, write, { 'held.mjs': held });
  const shards = 7;
  const { cwd, plan, record } = await planned(t, photos, shards);
  const hold = path.join(cwd, 'hold');
  writeFileSync(hold, '');
  const worker = () => begin(t, ['work', 'plan.json', '--queue', redis.url, '--takeover', '4'], cwd);
  const workers = [worker(), worker(), worker(), worker()];
  const victims = workers.slice(0, 2);
  for (const victim of victims) {
    await victim.seen(/is begun/);
    const shard = Number(/shard (\d+) of \d+ is begun/.exec(victim.text().out)?.[1]);
    await appears(record(plan.shards[shard].from), victim);
    victim.kill('SIGKILL');
    t.match(await victim.ended, { signal: 'SIGKILL' });
  }
  await redis.stop();
  await workers[2].seen(/Redis at redis:\S+ is away/);
  await redis.begin();
  await workers[2].seen(/Redis at redis:\S+ is back/);
  rmSync(hold);
  const status = await esrgan(t, `status plan.json --json --queue ${redis.url}`, cwd);
  t.match(JSON.parse(status.out), { plan: 'pack', shards, failed: [] });

  const ended = await Promise.all(workers.map(({ ended }) => ended));
  for (const survivor of ended.slice(2))
    t.match(survivor, {
      code: 0,
      out: /no shard is left; this worker did \d+\. Next: esrgan merge plan\.json\n/,
    });
  t.same(finished(ended), [...plan.shards.keys()], 'every shard once');
  t.match(await esrgan(t, 'merge plan.json', cwd), { code: 0, err: '' });
  t.same(results(cwd), one.made, 'byte for byte');
  const after = JSON.parse((await esrgan(t, `status plan.json --json --queue ${redis.url}`, cwd)).out);
  t.match(after, { shards, done: shards, underWay: 0, waiting: 0, failed: [], workers: [], eta: 0 });
  t.ok(after.rate > 0 && after.pixels.done === after.pixels.all);
  t.match(await esrgan(t, 'status plan.json', cwd), {
    code: 0,
    out: /7 of 7 shards done[\s\S]*esrgan merge plan/,
  });
});

t.test('a shard is given back, the queue is lost, a photograph changes', { skip: noRedis }, async (t) => {
  const redis = await startRedis(t);
  const photos = await photographs(t);
  const one = await single(t, photos, write, { 'held.mjs': held });
  const { cwd, plan, record } = await planned(t, photos, 2);
  const worker = () => begin(t, ['work', 'plan.json', '--queue', redis.url, '--takeover', '60'], cwd);
  const status = async () =>
    JSON.parse((await esrgan(t, `status plan.json --json --queue ${redis.url}`, cwd)).out);

  const hold = path.join(cwd, 'hold');
  writeFileSync(hold, '');
  const first = worker();
  await first.seen(/is begun/);
  const begun = Number(/shard (\d+) of \d+ is begun/.exec(first.text().out)?.[1]);
  await appears(record(plan.shards[begun].from), first);
  t.match(await status(), { done: 0, underWay: 1, waiting: 1, workers: [{ shard: begun }] });
  first.kill('SIGTERM');
  await first.seen(/SIGTERM: giving back/);
  rmSync(hold);
  const left = await first.ended;
  t.match(left, {
    code: 143,
    out: new RegExp(`shard ${begun} of 2 is given back\\n[\\s\\S]*left after 0 shards; to go on`),
  });
  t.match(
    await status(),
    { done: 0, underWay: 0, waiting: 2, workers: [] },
    'at once, not after the take-over',
  );

  const file = path.join(photos, 'coffee.png');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.with(bytes.length - 5, bytes[bytes.length - 5] ^ 1));
  t.match(await worker().ended, {
    code: 2,
    err: /shards failed: \d[\s\S]*coffee\.png has other contents since/,
  });
  const failed = await status();
  t.ok(failed.failed.length > 0 && /coffee\.png/.test(failed.failed[0].reason));
  writeFileSync(file, bytes);

  writeFileSync(hold, '');
  const second = worker();
  await second.seen(/is begun/);
  const client = new Redis(redis.port, '127.0.0.1');
  await client.flushall();
  client.disconnect();
  rmSync(hold);
  t.match(
    await second.ended,
    { code: 0, out: /no shard is left/ },
    'what a Redis without a disk forgets is queued again',
  );
  t.match(await esrgan(t, 'merge plan.json', cwd), { code: 0, err: '' });
  t.same(results(cwd), one.made);

  renameSync(path.join(cwd, 'out', '0000.tar'), path.join(cwd, 'gone.tar'));
  t.match(
    await worker().ended,
    { code: 0, out: /shard 0 of 2 is finished[\s\S]*this worker did 1\./ },
    'only that',
  );
  t.same(results(cwd), one.made);
});

t.test('a Redis that is not there yet, and addresses that are wrong', async (t) => {
  const photos = await photographs(t);
  const { cwd } = await planned(t, photos, 2);
  const wrong: [string, RegExp][] = [
    ['http://127.0.0.1', /is no address of a Redis[\s\S]*redis:\/\/host/],
    ['redis://', /names no host/],
    ['redis://u:secret@127.0.0.1:1/abc', /redis:\/\/127\.0\.0\.1:1\/abc names the database "abc"/],
    [`redis://127.0.0.1:${await freePort()}`, /does not answer: connect ECONNREFUSED/],
  ];
  for (const [url, message] of wrong) {
    const ended = await esrgan(t, `status plan.json --queue ${url}`, cwd);
    t.match(ended, { code: 2, err: message, out: '' });
    t.notMatch(ended.err, /secret/);
  }
  t.match(await esrgan(t, 'work plan.json --queue redis://no-such-host.invalid', cwd), {
    code: 2,
    err: /names a host that does not exist/,
  });
  t.match(await esrgan(t, 'work plan.json', cwd), {
    code: 2,
    err: /Give --shard with a number, --shard auto, or --queue/,
  });
  const port = await freePort();
  const waiting = begin(t, ['work', 'plan.json', '--queue', `redis://127.0.0.1:${port}`], cwd);
  await waiting.seen(/is away \(connect ECONNREFUSED[\s\S]*trying again/);
  waiting.kill('SIGTERM');
  t.match(await waiting.ended, { code: 143, out: /left after 0 shards/ });
  t.match(queueAddress('rediss://me:p%40ss@[::1]/3', 'other'), {
    ...{
      host: '::1',
      port: 6379,
      db: 3,
      username: 'me',
      password: 'p@ss',
      tls: {},
      shown: 'rediss://[::1]/3',
    },
  });
  t.match(queueAddress('redis://h', 'other'), { host: 'h', password: 'other', db: 0 });
});
