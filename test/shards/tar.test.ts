import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { pack } from 'tar-stream';
import { encodeNpy } from '../../src/formats/npy.js';
import { readTar, staysInside, TarFile } from '../../src/formats/tar/index.js';
import { readNpy } from '../npy.js';

const folder = mkdtempSync(path.join(tmpdir(), 'esrgan tar '));
const at = (name: string): string => path.join(folder, name);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function members(file: string, maxMember?: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, data } of readTar(file, { maxMember }))
    found[name] = Buffer.from(data).toString('latin1');
  return found;
}

/** A tar of one entry, with whatever header. */
async function tarOf(
  name: string,
  header: Parameters<ReturnType<typeof pack>['entry']>[0],
  body = '',
): Promise<string> {
  const tar = pack();
  tar.entry(header, body);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar as AsyncIterable<Uint8Array>) chunks.push(chunk);
  writeFileSync(at(name), Buffer.concat(chunks));
  return at(name);
}

t.test('the same members give the same bytes, which other programs read', async (t) => {
  const big = 'x'.repeat(3_000_000);
  const write = async (name: string) => {
    const tar = new TarFile(at(name));
    await tar.add('0000000000.gt.png', bytes('gt'));
    await tar.add('0000000000.json', bytes('{}'));
    await tar.add('0000000001.gt.png', bytes(big));
    return tar.finish();
  };
  const first = await write('a.tar');
  t.same(await write('b.tar'), first);
  const file = readFileSync(at('a.tar'));
  t.equal(file.length, first.bytes);
  t.ok(file.equals(readFileSync(at('b.tar'))));
  t.same(await members(at('a.tar')), {
    '0000000000.gt.png': 'gt',
    '0000000000.json': '{}',
    '0000000001.gt.png': big,
  });
  const listed = execFileSync('tar', ['--numeric-owner', '-tvf', at('a.tar')], {
    encoding: 'utf8',
    env: { TZ: 'UTC' },
  });
  t.match(listed.split('\n')[0], /^-rw-r--r-- 0\/0 +2 1970-01-01 00:00 0000000000\.gt\.png$/);
});

t.test('a tar that is given up leaves nothing', async (t) => {
  const tar = new TarFile(at('never.tar'));
  await tar.add('a', bytes('a'));
  await tar.discard();
  t.same(
    readdirSync(folder).filter((name) => name.includes('never')),
    [],
  );
  const lost = new TarFile(at('no/such/folder.tar'));
  await t.rejects(lost.add('a', bytes('a')).then(() => lost.finish()));
});

t.test('long names and folders of other programs are read', async (t) => {
  const long = `${'f'.repeat(90)}/${'g'.repeat(150)}.png`;
  t.same(await members(await tarOf('pax.tar', { name: `é/${long}` }, 'A')), { [`é/${long}`]: 'A' });
  t.same(await members(await tarOf('folder.tar', { name: 'sub/', type: 'directory' })), {});
});

t.test('hostile and damaged tars are refused', async (t) => {
  const refused = async (file: string, message: RegExp, maxMember?: number) =>
    t.rejects(members(file, maxMember), { code: 'TAR', message });
  for (const name of ['../up.png', '/etc/passwd', 'a/../../b', 'C:\\x', 'a\\..\\..\\b', '..'])
    await refused(await tarOf('evil.tar', { name }, 'A'), /leads out of its folder/);
  await refused(await tarOf('link.tar', { name: 'a', type: 'symlink', linkname: '/etc' }), /link or device/);
  await refused(await tarOf('big.tar', { name: 'a' }, 'AB'), /has 2 bytes, more than 1/, 1);
  await refused(
    await tarOf('header.tar', { name: 'a', pax: { comment: 'c'.repeat(100_000) } }, 'A'),
    /a header of \d+ bytes is larger/,
  );
  await refused(await tarOf('size.tar', { name: 'a', pax: { size: '99' } }, 'A'), /promises too much/);
  await tarOf('whole.tar', { name: 'a' }, 'A'.repeat(2000));
  const whole = readFileSync(at('whole.tar'));
  for (const length of [0, 100, 512, 1500, 2560]) {
    writeFileSync(at('cut.tar'), whole.subarray(0, length));
    await refused(at('cut.tar'), /ends too early/);
  }
  writeFileSync(at('flipped.tar'), whole.with(3, 7));
  await refused(at('flipped.tar'), /wrong checksum/);
  t.ok(staysInside('a..b/..c/d.png'));
});

t.test('arrays as NumPy reads them', (t) => {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
  writeFileSync(at('a.npy'), encodeNpy([4, 2, 3], data));
  t.same(readNpy<Uint8Array>(at('a.npy')), { shape: [4, 2, 3], data });
  t.equal(encodeNpy([4, 2, 3], data).length % 64, 24);
  writeFileSync(at('b.npy'), encodeNpy([24], data));
  t.same(readNpy<Uint8Array>(at('b.npy')).shape, [24]);
  t.end();
});
