import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { readPlan, type ShardPlan } from '../../src/shards/plan-file.js';
import { queueAddress } from '../../src/shards/queue/address.js';
import { connectQueue } from '../../src/shards/queue/connect.js';
import { queueStatus } from '../../src/shards/queue/status.js';
import { type Ended, type Running, workplace } from '../e2e/esrgan.js';
import { freePort, noRedis, ownRedis } from './redis.js';
import { appears, begin, esrgan, photographs, pipeline, results, single, type Write } from './workers.js';

t.setTimeout(600_000);

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

async function planned(t: Test, photos: string, shards: number) {
  const cwd = await workplace(t);
  pipeline(cwd, photos, write);
  writeFileSync(path.join(cwd, 'held.mjs'), held);
  const hold = path.join(cwd, 'hold');
  writeFileSync(hold, '');
  t.match(await esrgan(t, `plan p.yml --shards ${shards} --out plan.json`, cwd), { code: 0, err: '' });
  return { cwd, hold, plan: await readPlan(path.join(cwd, 'plan.json')) };
}

/** Waits until a worker has begun a shard and has finished a part of it; gives the shard. */
async function inMidShard(worker: Running, plan: ShardPlan, cwd: string): Promise<number> {
  await worker.seen(/is begun/);
  const shard = Number(/shard (\d+) of \d+ is begun/.exec(worker.text().out)?.[1]);
  const first = `${String(plan.shards[shard].from).padStart(6, '0')}.json`;
  await appears(path.join(cwd, 'out', '.esrgan-stream', first), worker);
  return shard;
}

const byFolder = async (t: Test, cwd: string) =>
  JSON.parse((await esrgan(t, 'status plan.json --json', cwd)).out);

const finished = (ended: readonly Ended[]): number[] =>
  ended
    .flatMap(({ out }) =>
      [...out.matchAll(/shard (\d+) of \d+ is finished/g)].map(([, shard]) => Number(shard)),
    )
    .sort((a, b) => a - b);

// Both tests make the same of the same photographs.
const photos = noRedis ? '' : await photographs(t);
const one = noRedis ? undefined : await single(t, photos, write, { 'held.mjs': held });

t.test('four workers, two killed in mid-shard, and Redis started anew', { skip: noRedis }, async (t) => {
  const redis = await ownRedis(t);
  await redis.begin();
  const shards = 4;
  const { cwd, hold, plan } = await planned(t, photos, shards);
  const worker = () => begin(t, ['work', 'plan.json', '--queue', redis.url, '--takeover', '6'], cwd);
  const workers = [worker(), worker(), worker(), worker()];
  for (const victim of workers.slice(0, 2)) {
    await inMidShard(victim, plan, cwd);
    victim.kill('SIGKILL');
    t.match(await victim.ended, { signal: 'SIGKILL' });
  }
  await workers[2].seen(/is begun/);
  await redis.stop();
  await workers[2].seen(/Redis at redis:\S+ is away/);
  await redis.begin();
  await workers[2].seen(/Redis at redis:\S+ is back/);
  rmSync(hold);

  const ended = await Promise.all(workers.map(({ ended }) => ended));
  const done = /no shard is left; this worker did \d+\. Next: esrgan merge plan\.json\n/;
  for (const survivor of ended.slice(2)) t.match(survivor, { code: 0, out: done });
  t.same(finished(ended), [...plan.shards.keys()], 'every shard once');
  t.match(await esrgan(t, 'merge plan.json', cwd), { code: 0, err: '' });
  t.same(results(cwd), one?.made, 'byte for byte');
  const status = await esrgan(t, `status plan.json --json --queue ${redis.url}`, cwd);
  const { digest } = plan;
  t.match(JSON.parse(status.out), {
    ...{ plan: 'pack', digest, shards, done: shards },
    underWay: 0,
    waiting: 0,
  });
  const now = await queueStatus(plan, queueAddress(redis.url));
  t.match(now, { failed: [], workers: [], eta: 0 });
  t.ok((now.rate ?? 0) > 0 && now.pixels.done === now.pixels.all);
  t.match(await byFolder(t, cwd), { done: shards, underWay: 0, waiting: 0, pixels: now.pixels });
});

t.test('a shard is given back, a photograph changes, the queue is lost', { skip: noRedis }, async (t) => {
  const redis = await ownRedis(t);
  const { cwd, hold, plan } = await planned(t, photos, 2);
  const worker = () => begin(t, ['work', 'plan.json', '--queue', redis.url, '--takeover', '60'], cwd);
  const status = () => queueStatus(plan, queueAddress(redis.url));

  const first = worker();
  await first.seen(/is away \(connect ECONNREFUSED[\s\S]*trying again/);
  await redis.begin();
  const begun = await inMidShard(first, plan, cwd);
  t.match(first.text().err, /Redis at redis:\S+ is back/);
  t.match(await status(), { done: 0, underWay: 1, waiting: 1, workers: [{ shard: begun }] });
  t.match(await byFolder(t, cwd), { done: 0, underWay: 1, waiting: 1, failed: [] });
  first.kill('SIGTERM');
  await first.seen(/SIGTERM: giving back/);
  rmSync(hold);
  const givenBack = new RegExp(`shard ${begun} of 2 is given back\\n[\\s\\S]*left after 0 shards; to go on`);
  t.match(await first.ended, { code: 143, out: givenBack });
  t.match(await status(), { done: 0, underWay: 0, waiting: 2, workers: [] }, 'and not after the take-over');

  const file = path.join(photos, 'coffee.png');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.with(bytes.length - 5, bytes[bytes.length - 5] ^ 1));
  const refused = /shards failed: \d[\s\S]*coffee\.png has other contents since/;
  t.match(await worker().ended, { code: 2, err: refused });
  const [failed] = (await status()).failed;
  t.match(failed?.reason, /coffee\.png/);
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
    'what Redis has forgotten is queued again',
  );
  t.match(await esrgan(t, 'merge plan.json', cwd), { code: 0, err: '' });
  t.same(results(cwd), one?.made);

  renameSync(path.join(cwd, 'out', '0000.tar'), path.join(cwd, 'gone.tar'));
  renameSync(path.join(cwd, 'out'), path.join(cwd, 'aside'));
  writeFileSync(path.join(cwd, 'out'), '');
  const third = worker();
  await third.seen(/failed, and will be tried again: E(NOTDIR|EXIST)/);
  rmSync(path.join(cwd, 'out'));
  renameSync(path.join(cwd, 'aside'), path.join(cwd, 'out'));
  const only = /shard 0 of 2 is finished[\s\S]*this worker did 1\./;
  t.match(await third.ended, { code: 0, out: only }, 'only what is not there');
  t.same(results(cwd), one?.made);
});

t.test('addresses', async (t) => {
  const wrong: [string, RegExp][] = [
    ['http://127.0.0.1', /is no address of a Redis/],
    ['127.0.0.1:6379', /is no address of a Redis/],
    ['redis://', /names no host/],
    ['redis://u:secret@h:1/abc', /redis:\/\/h:1\/abc names the database "abc", which is no number/],
  ];
  for (const [url, message] of wrong) {
    t.throws(() => queueAddress(url), { code: 'QUEUE_URL', message });
    t.throws(() => queueAddress(url), { message: /^(?!.*secret)/ });
  }
  const tls = queueAddress('rediss://me:p%40ss@[::1]/3', 'other');
  t.match(tls, { host: '::1', port: 6379, db: 3, username: 'me', password: 'p@ss' });
  t.match(tls, { tls: {}, shown: 'rediss://[::1]/3' });
  t.match(queueAddress('redis://h', 'other'), { host: 'h', password: 'other', db: 0 });

  const refused = (url: string, error: { code: string; message: RegExp }) =>
    t.rejects(connectQueue(queueAddress(url), { patience: 2000 }), error);
  await refused('redis://no-such-host.invalid', { code: 'QUEUE_URL', message: /a host that does not exist/ });
  const away = `redis://127.0.0.1:${await freePort()}`;
  await refused(away, { code: 'QUEUE_AWAY', message: /does not answer: connect ECONNREFUSED/ });
  const web = http.createServer((_, answer) => answer.end()).listen(0, '127.0.0.1');
  t.teardown(() => web.close());
  await once(web, 'listening');
  const { port } = web.address() as { port: number };
  await refused(`redis://127.0.0.1:${port}`, { code: 'QUEUE_URL', message: /something that is no Redis/ });
});
