import path from 'node:path';
import t from 'tap';
import { probe } from '../../src/images/probe.js';
import type { Source } from '../../src/plan/types.js';
import { sources } from '../../src/stages/discover/discover.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { readPhotograph } from '../../src/stages/discover/read-photograph.js';
import { hash, read as readLocal, recorder } from '../images/pictures.js';
import { faultyServer } from './faulty-server.js';
import { filesBelow, intoTar, photographs } from './photographs.js';
import { credentials, s3Server } from './s3-server.js';

const base = t.testdir();
const folder = await photographs(path.join(base, 'photographs'));
const names = filesBelow(folder);
await intoTar(folder, names, path.join(folder, 'zz tars', 'all.tar'));
const endpoint = await s3Server(t, folder, path.join(base, 's3'));
const s3 = { endpoint, path_style: true };

/** As the environment of a command has it. */
function withEnvironment<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const none = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
    AWS_CONFIG_FILE: '/none',
  };
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, none, variables);
  return work().finally(() => {
    process.env = before;
  });
}

async function found(given: object, ctx = recorder(), environment: Record<string, string> = credentials) {
  const options = SourceOptions.parse({ remote: { s3, retries: 1 }, ...given });
  return withEnvironment(environment, async () => {
    const all: Source[] = [];
    for await (const source of sources(options, ctx, { baseFolder: '/' })) all.push(source);
    return { all, options };
  });
}

t.test('a bucket is read as a folder is', async (t) => {
  const { all, options } = await found({ images: 's3://photos/set', exclude: 's3://photos/set/zz tars' });
  t.same(
    all.map(({ id }) => id),
    names,
  );
  for (const source of all) {
    const file = path.join(folder, source.id);
    const { ok: _, ...header } = (await probe(file)) as { ok: true };
    const { id, path: shown, origin, ...rest } = source;
    t.same(rest, header, id);
    t.equal(shown, `s3://photos/set/${id}`);
    t.match(origin?.version, /^"[0-9a-f]{32}"$/, 'the ETag');
    t.equal(hash(await readPhotograph(source, options)), hash(await readLocal(file)), `pixels of ${id}`);
  }
  const one = await found({ images: 's3://photos/set/c.webp' });
  t.same(
    one.all.map(({ id }) => id),
    ['c.webp'],
    'one object',
  );
  const tars = await found({ tars: 's3://photos/set/zz tars/' });
  t.same(
    tars.all.map(({ id }) => id),
    names,
    'a tar',
  );
  const listed = await found({ meta_info: 's3://photos/set/none.txt', dataroot_gt: 's3://photos/set' }).catch(
    (e) => e,
  );
  t.match(listed, { code: 'META_INFO', message: /none.txt cannot be read: HTTP 404: missing/ });
  await t.rejects(found({ images: ['s3://photos/set/c.webp', 's3://photos/nothing/'] }), {
    code: 'NO_IMAGES',
    message: 'there is nothing below s3://photos/nothing/',
  });
});

t.test('wrong credentials and buckets are one error with a remedy', async (t) => {
  const images = 's3://photos/set';
  const env = (id: string, secret: string) => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
  await t.rejects(found({ images }, recorder(), env('NOBODY', 'x')), {
    code: 'S3',
    message: 'S3 does not know the access key',
    remedy: /AWS_ACCESS_KEY_ID/,
  });
  await t.rejects(found({ images }, recorder(), {}), {
    code: 'S3',
    message: 'no credentials for S3 were found',
    remedy: /anonymous: true/,
  });
  await t.rejects(found({ images: 's3://absent/set' }), {
    code: 'S3',
    message: 'S3 has no bucket absent',
    remedy: /endpoint/,
  });
  await t.rejects(found({ images, remote: {} }), { code: 'S3', message: 'no region for S3 is set' });
  const open = { ...s3, anonymous: true };
  const watched = await faultyServer(t, base);
  const unsigned = { s3: { ...open, endpoint: watched.url }, retries: 0 };
  await t.rejects(found({ images, remote: unsigned }, recorder(), credentials), { code: 'S3' });
  t.same(watched.signed, [undefined], 'also where there are credentials');
  const { all } = await found({ images, remote: { s3: open } }, recorder(), {});
  t.ok(all.length >= names.length, 'nothing is signed, and no credentials are looked for');
  const nobody = { ...s3, endpoint: 'http://127.0.0.1:1' };
  await t.rejects(found({ images, remote: { s3: nobody, retries: 0 } }), {
    code: 'S3',
    message: /cannot be listed: the server refuses connections \(ECONNREFUSED\)/,
    remedy: /source.remote.s3.endpoint/,
  });
});

t.test('what S3 says of an account or a bucket', async (t) => {
  const server = await faultyServer(t, base);
  const remote = { s3: { ...s3, endpoint: server.url }, retries: 0 };
  const said: [number, string, RegExp, RegExp][] = [
    [403, 'SignatureDoesNotMatch', /refuses the secret key/, /AWS_SECRET_ACCESS_KEY/],
    [400, 'ExpiredToken', /have expired/, /Get new ones/],
    [301, 'PermanentRedirect', /photos lies in another region/, /s3.region/],
    [403, 'AccessDenied', /photos cannot be listed: HTTP 403/, /s3:ListBucket/],
  ];
  for (const [status, code, message, remedy] of said) {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;
    server.faults.set('/photos/', [{ status, body, headers: { 'content-type': 'application/xml' } }]);
    await t.rejects(found({ images: 's3://photos/set', remote }), { code: 'S3', message, remedy }, code);
  }
});

t.test('a server that fails: again for listings, a reason for objects', async (t) => {
  const server = await faultyServer(t, base);
  server.faults.set('/photos/', [{ status: 503 }]);
  const there = { s3: { ...s3, endpoint: server.url }, retries: 1, timeout: 2 };
  await t.rejects(found({ images: 's3://photos/set', remote: there }), {
    code: 'S3',
    message: /cannot be listed: HTTP 503: the server is busy; tried 2 times/,
  });
  const listings = server.requests.filter((line) => line.startsWith('/photos/ '));
  t.equal(listings.length, 2);
  for (const status of [403, 404, 500]) server.faults.set(`/photos/set/${status}.png`, [{ status }]);
  server.faults.set('/photos/set/cut.png', ['close']);
  const ctx = recorder();
  const lines = ['403.png', '404.png', '500.png', 'cut.png'].map((name) => `s3://photos/set/${name}`);
  const list = path.join(t.testdir({ 'list.txt': lines.join('\n') }), 'list.txt');
  await t.rejects(found({ meta_info: list, dataroot_gt: 's3://photos/set', remote: there }, ctx), {
    code: 'NO_IMAGES',
  });
  t.match(
    ctx.outcomes.map(({ reason }) => reason),
    [
      /^HTTP 403/,
      /^HTTP 404/,
      /^HTTP 500.*tried 2 times/,
      /^the server closed the connection.*tried 2 times/,
    ],
  );
});
