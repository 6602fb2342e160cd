import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { RunEvent } from '../../src/events.js';
import { contents, events } from '../e2e/esrgan.js';
import { fixture } from '../root.js';
import { faultyServer } from './faulty-server.js';
import { filesBelow, intoTar, photographs } from './photographs.js';
import { credentials, s3Server } from './s3-server.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line of this build; the servers go on answering meanwhile. */
function esrgan(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS$|TAP|AWS_|FORCE_COLOR$)/.test(name),
  );
  const options = { cwd, env: { ...Object.fromEntries(inherited), ...env }, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

const base = t.testdir();
const folder = await photographs(path.join(base, 'photographs'));
const names = filesBelow(folder);
writeFileSync(path.join(base, 'list.txt'), names.map((name) => `${name}\n`).join(''));
for (const part of [0, 1]) {
  const some = names.filter((_, i) => i % 2 === part).toReversed();
  await intoTar(folder, some, path.join(base, 'tars', `part-0${part}.tar`));
}
const server = await faultyServer(t, base);
const endpoint = await s3Server(t, folder, path.join(base, 's3'));
const s3 = `s3: { endpoint: "${endpoint}", path_style: true }`;

function pipeline(
  name: string,
  source: string,
  sink = `write: { folder: out/${name} }`,
  stages = '',
): string {
  const file = path.join(base, `${name}.yml`);
  writeFileSync(
    file,
    `name: ${name}
seed: 3
source: ${source}
stages:
  - multiscale: { scales: [0.75] }
  - crop: { size: 96, step: 64 }
  - metadata: { provenance: out/${name}.jsonl }
  - shuffle: { memory: 4MiB }
${stages}sink: { ${sink} }
`,
  );
  return path.basename(file);
}

const kinds: Readonly<Record<string, string>> = {
  folder: '{ images: photographs }',
  tar: "{ tars: 'tars/part-{00..01}.tar' }",
  http: `{ meta_info: list.txt, dataroot_gt: "${server.url}/photographs" }`,
  'http-tar': `{ tars: "${server.url}/tars/part-{00..01}.tar" }`,
  cached: `{ meta_info: "${server.url}/list.txt", dataroot_gt: "${server.url}/photographs", remote: { cache: { folder: cache } } }`,
  s3: `{ images: s3://photos/set, remote: { ${s3} } }`,
};

interface Row {
  readonly id: string;
  readonly source: string;
}
const rows = (name: string): Row[] =>
  readFileSync(path.join(base, 'out', `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Row => JSON.parse(line));

const filesOf = (out: string): Record<string, string> =>
  Object.fromEntries(
    events(out)
      .filter((event): event is Extract<RunEvent, { type: 'file' }> => event.type === 'file')
      .map(({ path: name, outcome, reason }) => [
        path.basename(name),
        `${outcome}${reason ? `: ${reason}` : ''}`,
      ]),
  );

t.test('the same seed gives the same bytes, wherever the photographs lie', async (t) => {
  for (const [name, source] of Object.entries(kinds)) {
    const { code, out, err } = await esrgan(['run', pipeline(name, source), '--json'], base, credentials);
    t.equal(code, 0, `${name}: ${err}`);
    t.equal(err, '', name);
    t.same(new Set(Object.values(filesOf(out))), new Set(['used']), name);
    t.same(contents(path.join(base, 'out', name)), contents(path.join(base, 'out', 'folder')), name);
    const [here, there] = [rows('folder'), rows(name)];
    const without = (all: readonly Row[]) => all.map(({ source: _, ...row }) => row);
    t.same(without(there), without(here), `order, seeds and ids of ${name}`);
  }
  t.ok(rows('folder').length > 100);
  const of = (name: string) => rows(name).find(({ id }) => id.startsWith('a/plain.png'))?.source;
  t.equal(
    of('tar'),
    path.join(base, 'tars', `part-0${names.indexOf('a/plain.png') % 2}.tar!`, 'a', 'plain.png'),
  );
  t.equal(of('http'), `${server.url}/photographs/a/plain.png`);
  t.equal(of('s3'), 's3://photos/set/a/plain.png');

  const before = server.requests.length;
  await esrgan(['run', pipeline('cached2', kinds.cached), '--json'], base);
  t.same(contents(path.join(base, 'out', 'cached2')), contents(path.join(base, 'out', 'folder')));
  t.notMatch(
    server.requests.slice(before).filter((line) => !line.startsWith('/list.txt')),
    [/ all$/],
    'pixels come from the cache of the run before',
  );
});

t.test('trace, preview and dry runs of what lies elsewhere', async (t) => {
  const stages = '  - degrade: { preset: bicubic }\n  - batch: { size: 2, gt_size: 64 }\n';
  const id = rows('folder')[5].id;
  for (const name of ['folder', 'tar', 'http', 's3']) {
    const file = pipeline(`pairs-${name}`, kinds[name], 'discard: ', stages);
    const traced = await esrgan(['trace', id, file, '--out', `traced/${name}`], base, credentials);
    t.equal(traced.code, 0, traced.err);
    t.same(contents(path.join(base, 'traced', name)), contents(path.join(base, 'traced', 'folder')), name);
    const shown = await esrgan(
      ['preview', file, '--samples', '2', '--out', `${name}.html`],
      base,
      credentials,
    );
    t.equal(shown.code, 0, shown.err);
  }
  const dry = await esrgan(['run', pipeline('dry', kinds['http-tar']), '--dry-run'], base);
  t.equal(dry.code, 0, dry.err);
});

t.test('a run divided among processes checks what lies on a server', async (t) => {
  const out = path.join(base, 'out', 'web');
  const sink = 'write: { webdataset: "out/web/{000..}.tar", max_samples: 60, content: crops }';
  const file = pipeline('web', kinds.http, sink);
  t.equal((await esrgan(['run', file], base)).code, 0);
  const whole = contents(out);
  rmSync(out, { recursive: true });
  const planned = await esrgan(['plan', file, '--shards', '2', '--out', 'plan.json'], base);
  t.equal(planned.code, 0, planned.err);
  for (const shard of ['0', '1']) {
    const { code, err } = await esrgan(['work', 'plan.json', '--shard', shard], base);
    t.equal(code, 0, err);
  }
  const merged = await esrgan(['merge', 'plan.json'], base);
  t.equal(merged.code, 0, merged.err);
  t.same(contents(out), whole, 'byte for byte as from one process');
  rmSync(out, { recursive: true });
  server.faults.set('/photographs/a/plain.png', [{ status: 404 }]);
  const gone = await esrgan(['work', 'plan.json', '--shard', '0'], base);
  t.equal(gone.code, 2);
  t.match(
    gone.err,
    /photographs\/a\/plain.png cannot be read \(HTTP 404: missing\) since the run was planned/,
  );
  server.faults.clear();
});

t.test('objects that fail are named, and the run goes on', async (t) => {
  server.faults.set('/photographs/a/alpha.png', [{ status: 404 }]);
  server.faults.set('/photographs/c.webp', ['page']);
  // Gone between its header and its pixels.
  server.faults.set('/photographs/a/plain.png', ['ok', { status: 410 }]);
  server.faults.set('/photographs/sixteen.png', ['ok', 'ok', 'cut off', 'ok']);
  const source = kinds.http
    .replace('}"', '}", remote: { retries: 1, timeout: 3 }')
    .replace(' }', ', remote: { retries: 1 } }');
  const { code, out } = await esrgan(['run', pipeline('faults', source), '--json'], base);
  t.equal(code, 0);
  const files = filesOf(out);
  t.equal(Object.keys(files).length, names.length);
  t.match(files, {
    'alpha.png': /^failed: HTTP 404: missing \(line 1 of list.txt\)$/,
    'c.webp': /^failed: the server sent text\/html/,
    'plain.png': 'failed: HTTP 410: gone',
    'sixteen.png': 'used',
    'd.tif': 'used',
  });
  server.faults.clear();
});

t.test('an expired certificate, wrong credentials, a packed tar', async (t) => {
  const [key, cert] = ['key.pem', 'expired.pem'].map((name) => readFileSync(fixture('remote', name)));
  const secure = await faultyServer(t, base, { key, cert });
  const far = `{ meta_info: list.txt, dataroot_gt: "${secure.url}/photographs" }`;
  const trusted = { NODE_EXTRA_CA_CERTS: fixture('remote', 'expired.pem') };
  const expired = await esrgan(['run', pipeline('expired', far)], base, trusted);
  t.equal(expired.code, 2);
  t.match(
    expired.err,
    /none of the 10 files found for list.txt can be used: the certificate of the server has expired/,
  );

  const nobody = { AWS_ACCESS_KEY_ID: 'NOBODY', AWS_SECRET_ACCESS_KEY: 'x' };
  const refused = await esrgan(['run', pipeline('nobody', kinds.s3)], base, nobody);
  t.equal(refused.code, 2);
  t.match(refused.err, /error: S3 does not know the access key[\s\S]*fix: Check AWS_ACCESS_KEY_ID/);
  t.notMatch(refused.err, /internal error/);

  const packed = await esrgan(
    ['run', pipeline('packed', `{ tars: "${fixture('tar', 'packed.tar.gz')}" }`)],
    base,
  );
  t.equal(packed.code, 2);
  t.match(packed.err, /packed.tar.gz is compressed \(gzip\)[\s\S]*fix: Unpack it first/);
});
