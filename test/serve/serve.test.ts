import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { readBatches } from '../../src/pipeline/index.js';
import { isOwn } from '../../src/plan/part.js';
import { type ServeEvent, type ServeOptions, type Serving, serve } from '../../src/serve/index.js';
import { Rooms } from '../../src/serve/room.js';
import { openService } from '../../src/serve/service.js';
import { readNpy } from '../npy.js';
import fc from '../properties.js';
import { root } from '../root.js';
import { ask, type Received, read, served, type Written } from './client.js';

const HEADER = 128;
const pixels = (file: Buffer): Buffer => file.subarray(HEADER);
const ids = (all: readonly Received[]): string[] => all.map(({ json }) => json.id);
const positions = (all: readonly Received[]): number[] => all.map(({ json }) => json.plan.position);

async function start(t: Test, written?: Written, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(await served(written), { port: 0, ...options });
  t.teardown(() => serving.close());
  return serving;
}

/** The pairs of an epoch as a program of its own reads them. */
async function inProcess(written?: Written, most = Number.POSITIVE_INFINITY) {
  const pairs: { id: string; gt: Buffer; lq: Buffer }[] = [];
  for await (const { rows, gt, lq } of readBatches(await served(written))) {
    for (const [i, { id }] of rows.entries()) {
      const [g, l] = [gt.length / rows.length, lq.length / rows.length];
      pairs.push({
        id,
        gt: Buffer.from(gt.slice(i * g, (i + 1) * g)),
        lq: Buffer.from(lq.slice(i * l, (i + 1) * l)),
      });
    }
    if (pairs.length >= most) break;
  }
  return pairs;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(20);
}

const metric = async ({ url }: Serving, name: string): Promise<number> => {
  const { text } = await ask(`${url}/metrics`);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1),
  );
};

t.test('one reader gets the very pairs of a run, in its order, as a tar', async (t) => {
  const expected = await inProcess();
  const serving = await start(t);
  t.equal(serving.samples, expected.length);
  const all = await (await read(`${serving.url}/epoch/0`)).take();
  t.strictSame(
    ids(all),
    expected.map(({ id }) => id),
  );
  t.strictSame(
    positions(all),
    expected.map((_, i) => i),
  );
  for (const [i, { files }] of all.entries()) {
    t.strictSame(Object.keys(files), ['gt.npy', 'lq.npy', 'json']);
    if (!pixels(files['gt.npy']).equals(expected[i].gt)) t.fail(`gt ${i}`);
    if (!pixels(files['lq.npy']).equals(expected[i].lq)) t.fail(`lq ${i}`);
  }
  t.equal(all[3].key, '0000-000000003');
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'esrgan-npy-')), 'gt.npy');
  writeFileSync(file, all[0].files['gt.npy']);
  t.strictSame(readNpy(file).shape, [64, 64, 3]);
  t.match(all[0].json, { epoch: 0, seed: /^[0-9a-f]{16}$/, augment: { size: 64 } });
});

t.test('every position belongs to one part, and a rank takes its own in turn', async () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, size, fc.nat(10_000), (world, workers, batch, position) => {
      const owners = [];
      for (let rank = 0; rank < world; rank++)
        for (let worker = 0; worker < workers; worker++)
          if (isOwn({ rank, world, worker, workers, batch }, position)) owners.push([rank, worker]);
      return owners.length === 1 && owners[0][0] === position % world;
    }),
  );
});

t.test('readers share the room, and who waits for it may leave', async (t) => {
  const rooms = new Rooms(12);
  const { signal } = new AbortController();
  const one = rooms.enter();
  const leases = await Promise.all(Array.from({ length: 6 }, () => one.acquire(signal)));
  const gone = new AbortController();
  const waiting = t.rejects(one.acquire(gone.signal), /gone/);
  gone.abort(new Error('gone'));
  await waiting;
  const two = rooms.enter();
  await Promise.all(Array.from({ length: 4 }, () => two.acquire(signal)));
  t.equal(rooms.held, 10);
  const later = two.acquire(signal);
  one.leave();
  await later;
  t.equal(two.held, 5, 'what the other had is free');
  for (const lease of leases) lease.release();
  t.equal(rooms.held, 5, 'and is not given back twice');
});

t.test('png holds the same pixels', async (t) => {
  const serving = await start(t);
  const [raw] = await (await read(`${serving.url}/epoch/0`)).take(1);
  const [png] = await (await read(`${serving.url}/epoch/0?encode=png`)).take(1);
  for (const name of ['gt', 'lq'])
    t.ok(pixels(raw.files[`${name}.npy`]).equals(await sharp(png.files[`${name}.png`]).raw().toBuffer()));
});

t.test(
  'ranks and workers share the plan without overlap or gap, and from= goes on where it stopped',
  async (t) => {
    const serving = await start(t);
    const whole = ids(await (await read(`${serving.url}/epoch/1`)).take());
    const [world, workers, batch] = [3, 2, 2];
    const parts: Received[] = [];
    await Promise.all(
      Array.from({ length: world * workers }, async (_, i) => {
        const [rank, worker] = [Math.floor(i / workers), i % workers];
        const url = `${serving.url}/epoch/1?rank=${rank}&world=${world}&worker=${worker}&workers=${workers}&batch=${batch}`;
        const first = await read(url);
        const before = await first.take(5);
        first.leave();
        const from = (before.at(-1) as Received).json.plan.position + 1;
        const after = await (await read(`${url}&from=${from}`)).take();
        const own = [...before, ...after];
        parts.push(...own);
        // Run positions, of which epoch 1 begins at the number of samples.
        const expected = whole
          .map((_, position) => position)
          .filter((p) => (serving.samples + p) % world === rank)
          .filter((p) => Math.floor(Math.floor((serving.samples + p) / world) / batch) % workers === worker);
        t.strictSame(positions(own), expected, `rank ${rank}, worker ${worker}`);
      }),
    );
    const sorted = parts.sort((a, b) => a.json.plan.position - b.json.plan.position);
    t.strictSame(ids(sorted), whole);
  },
);

t.test('epochs follow one another, with an end or without', async (t) => {
  const { url, samples } = await start(t);
  const two = await (await read(`${url}/epoch/1?epochs=2&world=5&rank=2`)).take();
  t.strictSame([...new Set(two.map(({ json }) => json.plan.epoch))], [1, 2]);
  const endless = await read(`${url}/epoch/1?epochs=endless&world=5&rank=2&from=${samples - 10}`);
  const rest = two.filter(({ json: { plan } }) => plan.epoch > 1 || plan.position >= samples - 10);
  const some = await endless.take(rest.length + 3);
  endless.leave();
  const named = (all: Received[]) => all.map(({ key, json }) => [key, json.seed]);
  t.strictSame(named(some.slice(0, rest.length)), named(rest));
  t.equal(some.at(-1)?.json.plan.epoch, 3);
  t.strictSame(await (await read(`${url}/epoch/0?from=${samples}`)).take(), [], 'nothing is left');
});

t.test('the order of a pool of pairs is kept too', async (t) => {
  const written = { degrade: 'preset: realesrnet, mode: reference, queue_size: 12' };
  const expected = await inProcess(written, 48);
  const serving = await start(t, written);
  const all = await (await read(`${serving.url}/epoch/0`)).take(48);
  t.strictSame(
    ids(all),
    expected.map(({ id }) => id),
  );
  const later = await (await read(`${serving.url}/epoch/0?from=37`)).take(9);
  t.strictSame(ids(later), ids(all).slice(37, 46));
  t.ok(later.every(({ files }, i) => files['gt.npy'].equals(all[37 + i].files['gt.npy'])));
});

t.test('memory for few photographs: readers in many places get the same bytes', async (t) => {
  const serving = await start(t, { memory: '16MiB' });
  const wide = await (await read(`${(await start(t, { memory: '16MiB' })).url}/epoch/0`)).take();
  const starts = [0, 40, 80];
  await Promise.all(
    starts.map(async (from) => {
      const some = await (await read(`${serving.url}/epoch/0?from=${from}&world=4`)).take(20);
      t.strictSame(
        positions(some),
        Array.from({ length: 20 }, (_, i) => from + 4 * i),
      );
      t.ok(some.every(({ files }, i) => files['lq.npy'].equals(wide[from + 4 * i].files['lq.npy'])));
    }),
  );
  t.ok((await metric(serving, 'esrgan_held_bytes{part="images"}')) <= 12 * 2 ** 20);
});

t.test(
  'a reader that does not read holds its own room only, and one that vanishes gives it back',
  async (t) => {
    const events: ServeEvent[] = [];
    const serving = await start(t, {}, { onEvent: (event) => events.push(event) });
    const { url, samples } = serving;
    const lazy = await Promise.all(
      [0, 1, 2].map(async () => {
        const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.write('GET /epoch/0?epochs=endless HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await once(socket, 'readable');
        return socket;
      }),
    );
    const all = await (await read(`${url}/epoch/0`)).take();
    t.equal(all.length, samples, 'others are served');
    t.equal(await metric(serving, 'esrgan_readers'), 3);
    for (const socket of lazy) socket.destroy();
    await until(async () => (await metric(serving, 'esrgan_readers')) === 0);
    await until(async () => (await metric(serving, 'esrgan_held_bytes{part="pairs"}')) === 0);
    for (const stage of ['decode', 'degrade', 'encode', 'send'])
      t.equal(
        await metric(serving, `esrgan_stage_waiting{stage="${stage}"}`),
        0,
        `${stage} has nothing to do`,
      );
    const left = events.filter((event) => event.type === 'reader' && event.what === 'left' && event.reason);
    t.equal(left.length, 3);
    t.ok((await metric(serving, 'esrgan_pairs_total')) >= samples);
  },
);

t.test('what is asked for wrongly is said, and harms nobody', async (t) => {
  const serving = await start(t, {}, { token: 'secret', readers: 1 });
  const { url, samples } = serving;
  const headers = { authorization: 'Bearer secret' };
  const wrong: [string, number, RegExp][] = [
    ['/epoch/0?rank=8&world=8', 400, /no rank 8 where world is 8.*rank 0 to 7/],
    ['/epoch/0?worker=1', 400, /no worker 1 where workers is 1/],
    ['/epoch/0?rank=-1', 400, /rank is no whole number/],
    ['/epoch/0?world=0', 400, /world is no whole number from 1/],
    ['/epoch/0?rnak=1', 400, /no parameter rnak; did you mean \\"rank\\"/],
    ['/epoch/0?rank=0&rank=1', 400, /given twice/],
    ['/epoch/0?encode=webp', 400, /neither npy nor png/],
    ['/epoch/x', 400, /epoch is no whole number/],
    [`/epoch/0?from=${samples + 1}`, 400, /behind the end/],
    ['/epoch/0?from=99999999999', 400, /from is no whole number/],
    ['/epochs', 404, /There are \/epoch\/N/],
    ['//[', 404, /nothing here/],
  ];
  for (const [route, status, text] of wrong) {
    const answer = await ask(url + route, { headers });
    t.equal(answer.status, status, route);
    t.match(answer.text, text);
  }
  t.equal((await ask(`${url}/epoch/0`, { headers, method: 'POST', body: 'x' })).status, 405);
  t.equal((await ask(`${url}/epoch/0`)).status, 401);
  t.equal((await ask(`${url}/metrics`, { headers: { authorization: 'Bearer secreT' } })).status, 401);
  t.equal((await ask(`${url}/healthz`)).text, 'ok\n', 'needs no token');
  t.match(JSON.parse((await ask(`${url}/plan`, { headers })).text), {
    name: 'served',
    scale: 4,
    samples,
    gt_size: 64,
  });

  const one = await read(`${url}/epoch/0?epochs=endless`, headers);
  await one.take(1);
  t.equal((await ask(`${url}/epoch/0`, { headers })).status, 503, 'more readers than allowed');
  one.leave();
  await until(async () => (await ask(`${url}/epoch/0`, { headers, method: 'HEAD' })).status === 200);
  t.equal((await ask(`${url}/healthz`)).status, 200, 'goes on');
});

t.test('requests that nobody means well', async (t) => {
  const serving = await start(t, {}, { token: 'secret' });
  const { url } = serving;
  const get = (target: string, more = '', method = 'GET'): Promise<string> =>
    raw(url, `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`);
  const token = 'Authorization: Bearer secret\r\n';

  const outside = [
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/epoch/..%2f..%2fetc%2fpasswd',
    '/epoch/../../etc/passwd',
    '/epoch/0/../../../etc/passwd',
    '/..\\..\\etc\\passwd',
    '//etc/passwd',
    'http://elsewhere/etc/passwd',
    '/file:///etc/passwd',
  ];
  for (const target of outside) {
    const answer = await get(target, token);
    t.match(answer, /^HTTP\/1\.1 (400|404) /, target);
    t.notMatch(answer, /root:/);
  }
  t.match(await get('/healthz/../plan'), / 401 /, 'a way round does not lead past the token');
  t.match(await get('/epoch/0%00'), / 401 /);

  for (const wrong of ['secret', 'Bearer', 'Bearer secret2', 'Bearer secret secret', 'Basic c2VjcmV0'])
    t.match(await get('/plan', `Authorization: ${wrong}\r\n`), / 401 /, wrong);
  t.match(await get('/plan', token), / 200 /);

  t.match(await get('*', token, 'OPTIONS'), / 400 /);
  for (const method of ['POST', 'PUT', 'DELETE', 'TRACE']) {
    t.match(await get('/epoch/0', token, method), / 405 [\s\S]*allow: GET, HEAD/i, method);
    t.match(await get('/healthz', '', method), / 405 /, method);
  }
  const body = 'x'.repeat(2 ** 20);
  t.match(await get('/epoch/0', `${token}Content-Length: ${body.length}\r\n\r\n${body}`, 'POST'), / 405 /);
  t.equal(await get('elsewhere:443', token, 'CONNECT'), '', 'no proxy');
  const head = await get('/epoch/0', token, 'HEAD');
  t.match(head, / 200 [\s\S]*application\/x-tar/);
  t.ok(head.endsWith('\r\n\r\n'), 'HEAD has no body');

  t.match(await get('/plan', `X: ${'x'.repeat(20_000)}\r\n`), / 431 /);
  t.match(await get('/plan', 'X: x\r\n'.repeat(10_000)), / 431 /);
  t.match(await get(`/epoch/0?from=${'1'.repeat(20_000)}`, token), / (414|431) /);
  t.match(await raw(url, 'GET / HTTP/1.1\r\nHost: x\r\nX x\r\n\r\n'), / 400 /);
  t.match(await raw(url, '\x16\x03\x01\x02\x00\x01\x00'), / 400 /, 'TLS is not spoken here');
  const numbers = ['rank=1e0', 'rank=0x0', 'rank=%2B0', 'rank=', 'world=2147483649', 'from=-1', 'epochs=0'];
  for (const query of numbers) t.match(await get(`/epoch/0?${query}`, token), / 400 /, query);
  t.match(await get('/epoch/-1', token), / 400 /);
  t.match(await get('/epoch/4294967296', token), / 400 /);

  const samples = await (await read(`${url}/epoch/0`, { authorization: 'Bearer secret' })).take(3);
  t.equal(samples.length, 3, 'goes on');
});

t.test('whoever sends a request drop by drop is cut off', async (t) => {
  const { url } = await start(t);
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  const drops = setInterval(() => socket.write('X: x\r\n'), 500);
  t.teardown(() => clearInterval(drops));
  socket.write('GET /epoch/0 HTTP/1.1\r\nHost: x\r\n');
  socket.on('error', () => {});
  const chunks: string[] = [];
  socket.on('data', (chunk) => chunks.push(String(chunk)));
  await once(socket, 'close');
  t.match(chunks.join(''), /^HTTP\/1\.1 408 /);
  t.equal((await ask(`${url}/healthz`)).text, 'ok\n');
});

t.test('the metrics are what Prometheus reads', async (t) => {
  const serving = await start(t);
  const reader = await read(`${serving.url}/epoch/0?epochs=endless`);
  await reader.take(20);
  const response = await fetch(`${serving.url}/metrics`);
  t.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  reader.leave();
  t.ok(text.endsWith('\n') && !text.includes('\n\n'));
  const families = new Map<string, string>();
  const seen = new Set<string>();
  let [name, helped] = ['', ''];
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    const value = /^([a-z_]+)(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? (\S+)$/.exec(line);
    if (help) helped = help[1];
    else if (type) {
      name = type[1];
      t.equal(helped, name, 'HELP comes first');
      t.notOk(families.has(name), `${name} once`);
      t.equal(name.endsWith('_total'), type[2] === 'counter', name);
      families.set(name, type[2]);
    } else if (value) {
      t.equal(value[1], name, 'below its TYPE');
      t.ok(Number.isFinite(Number(value[4])) && Number(value[4]) >= 0, line);
      t.notOk(seen.has(`${value[1]}${value[2]}`), 'each once');
      seen.add(`${value[1]}${value[2]}`);
    } else t.fail(line);
  }
  t.equal(families.size, 11);
  t.ok(seen.has('esrgan_stage_busy_seconds_total{stage="degrade"}'));
});

t.test('a photograph is decoded ahead of its turn as soon as others make room', async (t) => {
  const stop = new AbortController();
  const service = await openService(await served({ memory: '6MiB' }), stop.signal, () => {});
  t.teardown(async () => {
    stop.abort(new Error('over'));
    await service.close();
  });
  const { visits, sources, decoding } = service;
  const settled = (): Promise<void> => until(async () => decoding.in === decoding.out);
  for (const visit of visits) sources.want(visit);
  await until(async () => sources.decoded > 0);
  await settled();
  const fit = sources.decoded;
  t.ok(fit < visits.length, `${fit} of ${visits.length} have room`);
  for (const visit of visits.slice(0, fit)) sources.unwant(visit);
  await until(async () => sources.decoded > fit);
  await settled();
  t.ok(service.arena.held <= service.arena.capacity);
  for (const visit of visits.slice(fit)) sources.unwant(visit);
});

/** Sends bytes and gives what came back before the connection was closed. */
async function raw(url: string, request: string): Promise<string> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  const chunks: string[] = [];
  socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')));
  // What is refused may be reset before all of it has been sent.
  socket.on('error', () => {});
  socket.end(request, 'latin1');
  await once(socket, 'close');
  return chunks.join('');
}

t.test('a damaged photograph is reported once and its samples are left out', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'esrgan-damaged-'));
  const whole = readFileSync(path.join(root, 'datasets/sample/astronaut.png'));
  writeFileSync(path.join(folder, 'a.png'), whole);
  writeFileSync(path.join(folder, 'b.png'), whole.subarray(0, whole.length / 2));
  const events: ServeEvent[] = [];
  const { url, samples } = await start(t, { images: `${folder}/*.png` }, { onEvent: (e) => events.push(e) });
  const all = await (await read(`${url}/epoch/0`)).take();
  t.equal(all.length, samples / 2);
  t.ok(ids(all).every((id) => id.startsWith('a.png')));
  t.strictSame(
    positions(all),
    [...positions(all)].sort((a, b) => a - b),
  );
  t.equal(events.filter((event) => event.type === 'file' && event.outcome === 'failed').length, 1);
});

t.test('a service that is stopped cuts its readers off in mid-epoch', async (t) => {
  const serving = await serve(await served(), { port: 0 });
  const reader = await read(`${serving.url}/epoch/0?epochs=endless`);
  await reader.take(3);
  const cut = t.rejects(reader.take());
  await serving.close();
  await cut;
});

t.test('errors before anything is served', async (t) => {
  const pipeline = await served();
  const { degrade: _, batch: __, ...stages } = pipeline.stages;
  await t.rejects(serve({ ...pipeline, stages }, { port: 0 }), {
    code: 'NO_PAIRS',
    remedy: /degrade and batch/,
  });
  const serving = await start(t);
  await t.rejects(serve(pipeline, { port: Number(new URL(serving.url).port) }), {
    code: 'PORT',
    remedy: /another --port/,
  });
  await t.rejects(serve(pipeline, { port: 0, host: '192.0.2.1' }), { code: 'PORT', remedy: /0\.0\.0\.0/ });
});
