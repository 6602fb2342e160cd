import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { localFile } from '../../src/images/file-like.js';
import { probe } from '../../src/images/probe.js';
import { runPipeline } from '../../src/pipeline/index.js';
import type { Source } from '../../src/plan/types.js';
import { checkAddress, joinAddress, nameBelow, nameOf, shownAddress } from '../../src/remote/address.js';
import { DiskCache } from '../../src/remote/cache.js';
import { Reader } from '../../src/remote/index.js';
import { fetchBytes } from '../../src/stages/discover/access.js';
import { sources } from '../../src/stages/discover/discover.js';
import { expandRanges } from '../../src/stages/discover/found.js';
import { hashSource } from '../../src/stages/discover/hash-source.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { readPhotograph } from '../../src/stages/discover/read-photograph.js';
import { hash, read as readLocal, recorder } from '../images/pictures.js';
import { fixture } from '../root.js';
import { type Fault, type FaultyServer, faultyServer } from './faulty-server.js';
import { filesBelow, photographs } from './photographs.js';

const never = new AbortController().signal;
const patient = { connections: 3, timeout: 5, retries: 2, limit_bytes: 2 ** 26, s3: {} };

async function found(options: SourceOptions, ctx = recorder(), baseFolder = '/'): Promise<Source[]> {
  const all: Source[] = [];
  for await (const source of sources(options, ctx, { baseFolder })) all.push(source);
  return all;
}

async function setUp(t: Test) {
  const base = t.testdir();
  const folder = await photographs(path.join(base, 'photographs'));
  const server = await faultyServer(t, folder);
  const names = filesBelow(folder);
  const list = path.join(base, 'list.txt');
  writeFileSync(list, `${names.join('\n')}\n`);
  return { folder, server, names, list };
}

const optionsFor = (server: FaultyServer, list: string, remote: object = {}): SourceOptions =>
  SourceOptions.parse({
    meta_info: list,
    dataroot_gt: server.url,
    remote: { connections: 3, timeout: 5, retries: 2, ...remote },
  });

t.test('addresses', async (t) => {
  t.equal(joinAddress('https://h/p', 'a b/ü#?.png'), 'https://h/p/a%20b/%C3%BC%23%3F.png');
  t.equal(joinAddress('s3://b/p/', 'a b#.png'), 's3://b/p/a b#.png');
  t.equal(nameBelow('https://h/p/', 'https://h/p/a%20b.png?x=1'), 'a b.png');
  t.equal(nameBelow('https://h/p', 'https://h/px/a.png'), undefined);
  t.equal(nameBelow('https://', 'https://h/p/a.png'), 'h/p/a.png', 'lists of many hosts');
  t.equal(nameOf('https://h/p/100%25.png#x'), '100%.png');
  t.equal(nameOf('https://h/p/100%.png'), '100%.png', 'what is not escaped stays');
  t.equal(
    shownAddress('https://h/a.png?id=3&key=4&X-Amz-Signature=abc&sig=def&api_key=x&Expires=1'),
    'https://h/a.png?id=3&key=4&X-Amz-Signature=...&sig=...&api_key=...&Expires=1',
  );
  t.equal(checkAddress('HTTPS://h/A.png'), 'https://h/A.png');
  t.throws(() => checkAddress('https://me:secret@h/a.png'), { code: 'ADDRESS', message: /^(?!.*secret)/ });
  t.throws(() => checkAddress('s3:///key'), { code: 'ADDRESS', remedy: /s3:\/\/bucket/ });
  t.throws(() => checkAddress('https://h:port/'), { code: 'ADDRESS' });
  t.same(expandRanges('a{08..10}b{1..2}'), ['a08b1', 'a08b2', 'a09b1', 'a09b2', 'a10b1', 'a10b2']);
});

t.test('headers and pixels are those of the files, whatever the format', async (t) => {
  const { folder, server, names, list } = await setUp(t);
  const options = optionsFor(server, list);
  const far = await found(options);
  t.same(
    far.map(({ id }) => id),
    names,
    'the ids are the names',
  );
  for (const source of far) {
    const file = path.join(folder, source.id);
    const { ok: _, ...header } = (await probe(file)) as { ok: true };
    const { id, path: shown, origin, ...rest } = source;
    t.same(rest, header, id);
    t.equal(origin?.bytes, statSync(file).size);
    t.equal(shown, joinAddress(server.url, id));
    t.equal(hash(await readPhotograph(source, options)), hash(await readLocal(file)), `pixels of ${id}`);
    const local = await hashSource({ ...source, path: file, origin: undefined }, options);
    t.same(await hashSource(source, options), local, `hash of ${id}`);
  }
  const heads = server.requests.filter((line) => / bytes=0-65535$/.test(line));
  t.equal(heads.length, names.length, 'one short request each');
  const plain = server.requests.filter((line) => line.startsWith('/a/plain.png'));
  t.equal(
    plain.filter((line) => line.endsWith(' all')).length,
    2,
    'read whole for the pixels and the hash only',
  );
  t.ok(server.most() <= 3 && server.most() > 1, `${server.most()} requests at once`);
  t.ok(server.connections() <= 3, 'connections are used again');
  const long = server.requests.filter((line) => line.startsWith('/long header.jpg'));
  t.match(long[1], / bytes=0-\d{6}$|all/, 'a long header takes a second request');
});

t.test('faults that pass are got over, others become the reason of one file', async (t) => {
  const { server, names, list } = await setUp(t);
  const options = optionsFor(server, list, { timeout: 1, retries: 1, limit_bytes: '1MiB' });
  const passing: Fault[] = [
    'close',
    'cut off',
    { status: 503, headers: { 'retry-after': '0' } },
    'stall',
    'no ranges',
  ];
  passing.forEach((fault, i) => void server.faults.set(`/${names[i]}`, [fault, 'ok']));
  t.same(
    (await found(options)).map(({ id }) => id),
    names,
  );

  const lasting: [Fault, RegExp][] = [
    [{ status: 404 }, /^HTTP 404: missing \(line 1 of /],
    [{ status: 403 }, /^HTTP 403: no permission/],
    [{ status: 500 }, /^HTTP 500: an error of the server; tried 2 times/],
    ['page', /^the server sent text\/html; charset=utf-8 in place of an image/],
    ['stall', /^no answer within 1 seconds; tried 2 times/],
    ['stall in the middle', /^nothing more after \d+ bytes within 1 seconds; tried 2 times/],
    ['close', /^the server closed the connection.*; tried 2 times/],
    ['packed', /compresses it \(gzip\)/],
    ['other part', /another part than it was asked for/],
    ['not http', /does not speak HTTP/],
  ];
  lasting.forEach(([fault], i) => void server.faults.set(`/${names[i]}`, [fault]));
  const ctx = recorder();
  const asked = server.requests.length;
  await t.rejects(found(options, ctx), { code: 'NO_IMAGES', message: /^none of the 10 files/ });
  lasting.forEach(([, reason], i) => {
    const outcome = ctx.outcomes.find(({ path }) => path === joinAddress(server.url, names[i]));
    t.match(outcome, { outcome: 'failed', reason }, names[i]);
  });
  t.equal(ctx.outcomes.length, names.length, 'each once');
  const calls = server.requests.slice(asked).filter((line) => line.startsWith(`/${names[1]} `));
  t.equal(calls.length, 1, 'what will not pass is not tried again');
});

t.test('bodies: cut off, too large, changed, of unknown size, sent on', async (t) => {
  const { folder, server, names } = await setUp(t);
  const reader = new Reader({ ...patient, retries: 1, limit_bytes: 200_000 });
  const uri = joinAddress(server.url, 'c.webp');
  const body = readFileSync(path.join(folder, 'c.webp'));
  const get = (wanted: object = {}) => reader.bytes({ uri, ...wanted }, never);
  server.faults.set('/c.webp', ['cut off', 'ok']);
  t.same(Buffer.from(await get()), body, 'read again from the start');
  server.faults.set('/c.webp', ['cut off']);
  await t.rejects(get(), {
    message: /^(cut off: \d+ of \d+ bytes came|the server closed).*; tried 2 times$/,
  });
  server.faults.set('/c.webp', ['no length']);
  t.same(Buffer.from(await get()), body);
  const part = await reader.part(uri, { offset: 0, length: 100 }, never);
  t.same(Buffer.from(part.bytes), body.subarray(0, 100), 'the beginning can be had without ranges');
  t.equal(part.total, undefined);
  server.faults.set('/c.webp', ['no ranges']);
  await t.rejects(reader.part(uri, { offset: 5, length: 9 }, never), { message: /byte ranges/ });
  server.faults.delete('/c.webp');
  await t.rejects(get({ bytes: body.length - 1 }), { message: /it has \d+ bytes now and had \d+/ });
  t.same(Buffer.from(await get({ offset: 10, bytes: 20 })), body.subarray(10, 30), 'a part');

  const small = new Reader({ ...patient, limit_bytes: 1000 });
  await t.rejects(small.bytes({ uri }, never), { message: /more than 1000 \(limit_bytes\)/ });
  server.faults.set('/c.webp', ['no length']);
  await t.rejects(small.bytes({ uri }, never), { message: /more than 1000 \(limit_bytes\)/ });

  const hasty = new Reader({ ...patient, timeout: 0.2, retries: 0 });
  server.faults.set('/c.webp', ['drip']);
  await t.rejects(hasty.bytes({ uri }, never), { message: /^(too slow: \d+ bytes in|nothing more after)/ });

  server.faults.set('/c.webp', [{ redirect: '/d.tif' }]);
  t.same(Buffer.from(await get()), readFileSync(path.join(folder, 'd.tif')));
  server.faults.set('/c.webp', [{ redirect: '/c.webp' }]);
  await t.rejects(get(), { message: /sends it on more than 5 times/ });
  server.faults.set('/c.webp', [{ redirect: 'file:///etc/passwd' }]);
  await t.rejects(get(), { message: /file:\/\/\/etc\/passwd, which is not followed/ });
  t.ok(names.length > 0);
});

t.test('a dead server does not take all attempts for every file', async (t) => {
  const folder = t.testdir();
  const server = await faultyServer(t, folder);
  const reader = new Reader({ ...patient, connections: 1, retries: 1 });
  for (let i = 0; i < 12; i++) {
    server.faults.set(`/${i}`, [{ status: 500 }]);
    const reason = i < 8 ? /tried 2 times$/ : /^HTTP 500: an error of the server$/;
    await t.rejects(reader.bytes({ uri: `${server.url}/${i}` }, never), { message: reason });
  }
  writeFileSync(path.join(folder, 'good'), 'x');
  await reader.bytes({ uri: `${server.url}/good` }, never);
  await t.rejects(
    reader.bytes({ uri: `${server.url}/1` }, never),
    { message: /tried 2 times$/ },
    'it is back',
  );
  await t.rejects(new Reader({ ...patient, retries: 0 }).bytes({ uri: 'http://127.0.0.1:1/x' }, never), {
    message: /refuses connections \(ECONNREFUSED\)$/,
  });
  await t.rejects(new Reader(patient).bytes({ uri: 'http://nowhere.invalid/x' }, never), {
    message: /no such server|could not be looked up/,
  });
});

t.test('certificates nobody vouches for', async (t) => {
  const [key, cert] = ['key.pem', 'expired.pem'].map((name) => readFileSync(fixture('remote', name)));
  const server = await faultyServer(t, t.testdir({ x: 'x' }), { key, cert });
  await t.rejects(new Reader(patient).bytes({ uri: `${server.url}/x` }, never), {
    message: /^the certificate of the server (is signed by nobody else|has expired) \([A-Z_]+\)$/,
  });
  t.same(server.requests, [], 'nothing was sent');
});

t.test('a stopped run waits for no server', async (t) => {
  const { server, names, list } = await setUp(t);
  for (const name of names) server.faults.set(`/${name}`, ['stall']);
  const ctx = recorder();
  const pulled = found(optionsFor(server, list, { timeout: 3600 }), ctx);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  ctx.controller.abort(new Error('stopped'));
  t.same(await pulled, []);
  t.same(ctx.outcomes, []);
});

t.test('a run in little memory fetches what there is room for, and can be stopped', async (t) => {
  const { folder, server, list } = await setUp(t);
  const file = path.join(t.testdirName, 'little.yml');
  const text = (source: string, more = ''): string =>
    `name: little\nmemory: 1MiB\nsource: ${source}\nstages: [{ crop: { size: 96, step: 32 } }]\n${more}sink: { discard: }\n`;
  const run = async (source: string, more?: string, signal?: AbortSignal) => {
    writeFileSync(file, text(source, more));
    return runPipeline(await loadPipeline(file), { signal });
  };
  const far = `{ meta_info: "${list}", dataroot_gt: "${server.url}" }`;
  const here = await (await run(`{ images: "${folder}" }`)).done;
  const there = await (await run(far)).done;
  t.equal(there.crops, here.crops);
  t.ok(there.crops > 100);
  t.same(
    there.files.map(({ outcome }) => outcome),
    there.files.map(() => 'used'),
  );
  server.faults.set('/a/plain.png', ['ok', 'stall']);
  const stop = new AbortController();
  const stopped = await run(far, 'epochs: 1000\n', stop.signal);
  const asked = server.requests.length;
  while (!server.requests.slice(asked).some((line) => line.startsWith('/a/plain.png all')))
    await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  const end = await stopped.done;
  t.equal(end.stopped, true);
  t.notOk(end.files.some(({ outcome }) => outcome === 'failed'));
});

t.test('lists: whole addresses, names that lead out, a list on the server', async (t) => {
  const { folder, server } = await setUp(t);
  const lines = [
    'a/plain.png (220,200,3)',
    '../secret.png',
    '/etc/passwd.png',
    `${server.url}/b/photo%20%231%20(%C3%BC%2C%20100%25).jpg?x=1`,
    'http://elsewhere.invalid/a.png',
    'c.webp, lq/c.webp',
    'a/../c.webp',
  ];
  writeFileSync(path.join(folder, 'list.txt'), lines.join('\r\n'));
  const ctx = recorder();
  const options = SourceOptions.parse({
    meta_info: `${server.url}/list.txt`,
    dataroot_gt: server.url,
    exclude: `${server.url}/c.webp`,
  });
  t.same(
    (await found(options, ctx)).map(({ id }) => id),
    ['a/plain.png', 'b/photo #1 (ü, 100%).jpg'],
  );
  t.same(
    ctx.outcomes.map(({ outcome, reason }) => `${outcome}: ${reason?.replace(/ of http.*/, ')')}`),
    [2, 3, 5, 7].map((line) => `failed: its name leads out of dataroot_gt (line ${line})`),
  );
  const gone = SourceOptions.parse({ meta_info: `${server.url}/none.txt`, dataroot_gt: server.url });
  await t.rejects(found(gone), { code: 'META_INFO', message: /none.txt cannot be read: HTTP 404: missing/ });
  const none = SourceOptions.parse({ images: `${server.url}/none.png` });
  await t.rejects(found(none), { code: 'NO_IMAGES', message: /can be used: HTTP 404: missing$/ });
  const queries = path.join(t.testdirName, 'queries.txt');
  const written = ['c.webp?id=1', 'c.webp?id=2&sig=x', 'd.tif?sig=y'].map((name) => `${server.url}/${name}`);
  writeFileSync(queries, written.join('\n'));
  const asked = await found(SourceOptions.parse({ meta_info: queries, dataroot_gt: server.url }));
  t.same(
    asked.map(({ id, path: shown }) => [id, shown.replace(server.url, '')]),
    [
      ['c.webp?id=1', '/c.webp?id=1'],
      ['c.webp?id=2&sig=...', '/c.webp?id=2&sig=...'],
      ['d.tif', '/d.tif?sig=...'],
    ],
    'what signs an address is neither shown nor part of an id',
  );
  const outside = path.join(t.testdirName, 'local.txt');
  writeFileSync(outside, `c.webp\n../x.png\n${path.join(folder, 'd.tif')}\n/etc/hostname\n`);
  const here = recorder();
  const local = await found(SourceOptions.parse({ meta_info: outside, dataroot_gt: folder }), here);
  t.same(
    local.map(({ id }) => id),
    ['c.webp', 'd.tif'],
    'of files, too',
  );
  t.same(
    here.outcomes.map(({ reason }) => reason?.replace(/\(.*/, '')),
    ['its name leads out of dataroot_gt ', 'its name leads out of dataroot_gt '],
  );
});

t.test('pairs: lq on a server', async (t) => {
  const { folder, server } = await setUp(t);
  const png = readFileSync(path.join(folder, 'a/plain.png'));
  for (const [name, bytes] of [
    ['gt/x.png', png],
    ['gt/y.png', png],
    ['lq/x.png', png],
    ['lq/other.png', png],
  ] as const) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  writeFileSync(
    path.join(folder, 'pairs.txt'),
    `x.png, other.png\nx2.png\n${server.url}/gt/y.png, ${server.url}/lq/other.png\nz.png, ${server.url}/gt/x.png\n`,
  );
  const base = { dataroot_gt: `${server.url}/gt`, dataroot_lq: `${server.url}/lq` };
  const ctx = recorder();
  const [pair, whole] = await found(
    SourceOptions.parse({ meta_info: path.join(folder, 'pairs.txt'), ...base }),
    ctx,
  );
  t.match(pair, { id: 'x.png', lq: { path: `${server.url}/lq/other.png`, origin: { bytes: png.length } } });
  t.match(whole, { id: 'y.png', lq: { path: `${server.url}/lq/other.png` } });
  t.match(ctx.outcomes, [
    { path: `${server.url}/gt/x2.png`, outcome: 'failed', reason: /^HTTP 404/ },
    { path: `${server.url}/gt/z.png`, reason: /^the name of its lq, http.*, leads out of dataroot_lq/ },
  ]);
});

t.test('the cache: the same version is fetched once, the budget holds, the oldest goes first', async (t) => {
  const { folder, server, names, list } = await setUp(t);
  const cached = path.join(t.testdirName, 'cache');
  const cache = { folder: cached, max_bytes: '8MiB' };
  const bytesOf = async () => {
    // Another reader each time, as another process has it.
    const options = optionsFor(server, list, { cache });
    const all = await found(options);
    return Promise.all(all.map((source) => fetchBytes(source, options)));
  };
  const wholes = () => server.requests.filter((line) => line.endsWith(' all')).length;
  const first = await bytesOf();
  t.ok(wholes() <= names.length, 'formats that are read whole for their header are not fetched twice');
  const before = wholes();
  const second = await bytesOf();
  t.equal(wholes(), before, 'nothing is fetched again');
  t.same(second, first);
  writeFileSync(path.join(folder, 'c.webp'), readFileSync(path.join(folder, 'd.tif')));
  const third = await bytesOf();
  t.equal(wholes(), before + 1, 'but what has changed on the server');
  t.same(Buffer.from(third[names.indexOf('c.webp')] ?? []), readFileSync(path.join(folder, 'd.tif')));
  for (const name of filesBelow(cached)) writeFileSync(path.join(cached, name), 'damaged');
  t.same(await bytesOf(), third, 'what has another size is fetched again');

  const small = new DiskCache(path.join(cached, 'small'), 64_000);
  const held = () =>
    filesBelow(small.folder).reduce((sum, name) => sum + statSync(path.join(small.folder, name)).size, 0);
  for (let i = 0; i < 40; i++) {
    await small.put(`key ${i}`, new Uint8Array(4000).fill(i));
    t.ok(held() <= 64_000, `${held()} bytes`);
    // Clocks of file systems are coarse.
    for (const [at, key] of ['key 0', `key ${i}`].entries()) {
      const kept = await small.get(key);
      if (!kept) continue;
      const file = filesBelow(small.folder).find((name) =>
        readFileSync(path.join(small.folder, name)).equals(kept),
      );
      const time = new Date(1e12 + 1000 * (2 * i + at));
      utimesSync(path.join(small.folder, file ?? ''), time, time);
    }
  }
  t.ok(await small.get('key 0'), 'what is used stays');
  t.notOk(await small.get('key 1'), 'what is not used goes');
  t.ok(await small.get('key 39'));
  await small.put('too large', new Uint8Array(40_000));
  t.notOk(await small.get('too large'));
  t.ok(held() > 30_000, 'and clears nothing');

  const child = fileURLToPath(new URL('./cache-child.js', import.meta.url));
  const ends = await Promise.all(
    ['1', '2', '3'].map(
      (seed) =>
        new Promise<string>((resolve) => {
          execFile(process.execPath, [child, small.folder, '64000', seed], (error, out, err) =>
            resolve(error ? err : out),
          );
        }),
    ),
  );
  t.same(ends, ['whole', 'whole', 'whole'], 'three processes at once');
  t.ok(held() <= 64_000, `${held()} bytes`);
  t.same(
    readdirSync(small.folder, { recursive: true }).filter((name) => String(name).endsWith('.part')),
    [],
  );
  const file = path.join(cached, 'a file');
  writeFileSync(file, '');
  const broken = new DiskCache(file, 1000);
  await broken.put('x', new Uint8Array(3));
  t.equal(await broken.get('x'), undefined, 'a folder that cannot be made costs time only');
  t.ok(await localFile(file));
});
