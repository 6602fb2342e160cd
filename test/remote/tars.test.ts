import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { type Place, scanTar } from '../../src/formats/tar/index.js';
import { probe } from '../../src/images/probe.js';
import type { Source } from '../../src/plan/types.js';
import { sources } from '../../src/stages/discover/discover.js';
import { hashSource } from '../../src/stages/discover/hash-source.js';
import { SourceOptions } from '../../src/stages/discover/options.js';
import { readPhotograph } from '../../src/stages/discover/read-photograph.js';
import { hash, read as readLocal, recorder } from '../images/pictures.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { faultyServer } from './faulty-server.js';
import { filesBelow, intoTar, photographs } from './photographs.js';

async function found(given: object, ctx = recorder(), baseFolder = '/'): Promise<Source[]> {
  const all: Source[] = [];
  for await (const source of sources(SourceOptions.parse(given), ctx, { baseFolder })) all.push(source);
  return all;
}

async function scan(bytes: Uint8Array): Promise<Place[]> {
  const all: Place[] = [];
  for await (const place of scanTar(async (from, length) => bytes.subarray(from, from + length)))
    all.push(place);
  return all;
}

const longName = `folder with spaces/${'long'.repeat(40)}/${'name'.repeat(25)}.png`;

t.test('tars of Python: long names, POSIX headers, links, companions of a sample', async (t) => {
  for (const name of ['python-pax', 'python-gnu']) {
    const file = fixture('tar', `${name}.tar`);
    const ctx = recorder();
    const all = await found({ tars: file }, ctx);
    t.same(
      all.map(({ id }) => id),
      ['a.png', 'b.png', longName, 'ünï/写真 # 1.png'],
      'by code point, as a folder of these',
    );
    t.match(all[0], { path: `${file}!/a.png`, width: 8, height: 6, format: 'png', origin: { uri: file } });
    const { data } = await readPhotograph(all[3], SourceOptions.parse({ tars: file }));
    t.same([...data.subarray(0, 3)], [200, 10, 10]);
    t.same(
      ctx.outcomes
        .map(({ path, outcome, reason }) => `${path.replace(/.*!/, '')} ${outcome}: ${reason}`)
        .sort(),
      [
        '/.hidden.png skipped: a hidden file (its name begins with a dot)',
        '/README skipped: not an image (png, jpeg, webp, tiff, avif, gif)',
        '/hard.png failed: a link within the tar, not a file',
        '/pipe.png failed: a pipe, not a file',
        '/soft.png failed: a link, not a file',
      ],
      'json and cls stand beside b.png',
    );
  }
});

t.test('tars of GNU: sparse files are refused, what follows them is found', async (t) => {
  for (const name of ['gnutar-gnu', 'gnutar-posix']) {
    const file = fixture('tar', `${name}.tar`);
    const listed = execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n');
    const places = await scan(readFileSync(file));
    t.same(
      places.map((place) => place.name),
      listed.filter((member) => !member.endsWith('/')),
      'the names that tar itself lists',
    );
    const ctx = recorder();
    const ids = (await found({ tars: file }, ctx)).map(({ id }) => id);
    t.same(ids, [`sub/${'n'.repeat(150)}.png`, 'z.png']);
    t.match(ctx.outcomes, [{ path: `${file}!/sparse.png`, outcome: 'failed', reason: /^a sparse file/ }]);
  }
});

t.test('hostile, compressed and damaged tars', async (t) => {
  const ctx = recorder();
  const hostile = fixture('tar', 'hostile.tar');
  t.same(
    (await found({ tars: hostile }, ctx)).map(({ id }) => id),
    ['ok.png'],
  );
  t.same(
    ctx.outcomes.map(({ reason }) => reason),
    Array.from({ length: 5 }, () => 'its name leads out of its folder'),
  );
  await t.rejects(found({ tars: fixture('tar', 'packed.tar.gz') }), {
    code: 'TAR',
    message: /packed.tar.gz is compressed \(gzip\)/,
    remedy: /gunzip/,
  });
  const folder = t.testdir({
    'not a tar.tar': 'x'.repeat(2000),
    'empty.tar': Buffer.alloc(1024),
    'none.tar': '',
  });
  const whole = readFileSync(fixture('tar', 'python-gnu.tar'));
  writeFileSync(path.join(folder, 'cut.tar'), whole.subarray(0, 4000));
  const flipped = Buffer.from(whole);
  flipped[1536 + 3] ^= 1;
  writeFileSync(path.join(folder, 'flipped.tar'), flipped);
  const damaged = recorder();
  const ids = (await found({ tars: folder }, damaged)).map(({ id }) => id);
  t.ok(ids.length > 0, 'what comes before the damage is used');
  const reasons = damaged.outcomes
    .filter((one) => one.path.endsWith('.tar'))
    .map((one) => `${path.basename(one.path)} ${one.outcome}: ${one.reason}`);
  t.same(reasons.sort(), [
    'cut.tar failed: it ends too early: the tar is cut off',
    'empty.tar failed: a tar without files',
    'flipped.tar failed: a header of the tar has a wrong checksum',
    'none.tar failed: it ends too early: the tar is cut off',
    'not a tar.tar failed: not a tar',
  ]);
  await t.rejects(found({ tars: path.join(folder, 'gone.tar') }), { code: 'NO_IMAGES' });
  await t.rejects(found({ tars: path.join(folder, '*.zip') }), { code: 'NO_IMAGES' });
  t.throws(() => SourceOptions.parse({ tars: 'x.tar', images: 'y' }), /either images, tars or meta_info/);
  t.throws(() => SourceOptions.parse({ tars: 'x.tar', dataroot_lq: 'y' }), /no lq beside them/);
});

t.test('any bytes: an error that is meant, or members that lie inside', async () => {
  const whole = readFileSync(fixture('tar', 'python-pax.tar'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      async (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        const places = await scan(bytes).catch((error: Error) => {
          if (error.name !== 'TarDamage') throw error;
          return [];
        });
        return places.every(({ name, refused }) => refused !== undefined || !name.split('/').includes('..'));
      },
    ),
    { numRuns: 300 },
  );
});

t.test('photographs in tars are those of the folder, however it is cut, here and on a server', async (t) => {
  const base = t.testdir();
  const folder = await photographs(path.join(base, 'photographs'));
  const names = filesBelow(folder);
  const one = await intoTar(folder, names, path.join(base, 'one', 'all.tar'));
  for (const part of [0, 1, 2])
    await intoTar(
      folder,
      names.filter((_, i) => i % 3 === part).reverse(),
      path.join(base, 'three', `part-00${part}.tar`),
    );
  const server = await faultyServer(t, base);
  const given: Record<string, object> = {
    'one tar': { tars: one },
    'a folder of three': { tars: path.join(base, 'three') },
    'a pattern': { tars: path.join(base, 'three', 'part-{000..002}.tar') },
    'on a server': { tars: `${server.url}/three/part-{000..002}.tar` },
  };
  for (const [what, options] of Object.entries(given)) {
    const all = await found(options);
    t.same(
      all.map(({ id }) => id),
      names,
      what,
    );
    const parsed = SourceOptions.parse(options);
    for (const source of all) {
      const file = path.join(folder, source.id);
      const { ok: _, ...header } = (await probe(file)) as { ok: true };
      const { id, path: _path, origin: _origin, ...rest } = source;
      t.same(rest, header, `header of ${id}, ${what}`);
      t.equal(
        hash(await readPhotograph(source, parsed)),
        hash(await readLocal(file)),
        `pixels of ${id}, ${what}`,
      );
      const local = await hashSource({ ...source, path: file, origin: undefined }, parsed);
      t.same(await hashSource(source, parsed), local, `hash of ${id}, ${what}`);
    }
  }
  t.notMatch(server.requests.join('\n'), / all/, 'no tar is ever read whole');
  const twice = await found({ tars: [one, path.join(base, 'three')] });
  t.equal(new Set(twice.map(({ id }) => id)).size, 2 * names.length, 'equal names are told apart');
  t.ok(
    twice.some(({ id }) => id === 'all.tar/a/plain.png') &&
      twice.some(({ id }) => id === 'part-001.tar/a/plain.png'),
  );
  const ctx = recorder();
  server.faults.set('/three/part-001.tar', [{ status: 404 }]);
  t.equal((await found({ tars: `${server.url}/three/part-{000..002}.tar` }, ctx)).length, 7);
  t.match(ctx.outcomes, [{ path: `${server.url}/three/part-001.tar`, reason: 'HTTP 404: missing' }]);
  const plain = recorder();
  server.faults.set('/three/part-001.tar', ['no ranges']);
  await found({ tars: `${server.url}/three/part-{000..002}.tar` }, plain);
  t.match(plain.outcomes, [{ reason: 'the server does not send parts of it (byte ranges)' }]);
  const left = await found(
    { tars: 'one/all.tar', exclude: ['one/all.tar!/b', 'one/all.tar!/c.webp'] },
    recorder(),
    base,
  );
  t.same(
    left.map(({ id }) => id),
    names.filter((name) => !/^(b\/|c\.webp)/.test(name)),
  );
});
