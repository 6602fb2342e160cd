import { DiskCache } from '../../src/remote/cache.js';

/** One of several processes that use a cache: says `whole` when nothing it has read was half. */
const [folder, maxBytes, seed] = process.argv.slice(2);
const cache = new DiskCache(folder, Number(maxBytes));
let state = Number(seed);
let damaged = 0;
for (let i = 0; i < 150; i++) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  const key = (state >>> 16) % 40;
  const bytes = 900 + 10 * key;
  if (i % 2 === 0) await cache.put(`shared ${key}`, new Uint8Array(bytes).fill(key));
  const kept = await cache.get(`shared ${key}`, bytes);
  if (kept?.some((byte) => byte !== key)) damaged++;
}
process.stdout.write(damaged === 0 ? 'whole' : `${damaged} damaged`);
