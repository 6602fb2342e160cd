import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { TarFile } from '../src/formats/tar/index.js';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, median, round, seconds } from './bench.js';
import { photographs } from './inputs.js';
import { crops, pipelineFrom } from './pipelines.js';

const ROUNDS = 3;
/** Times the folder: a tar is read in the same way, a server here takes processor time of its own. */
const GOALS = { tar: 1.1, http: 1.5 };
/** Milliseconds before a distant server answers. */
const DISTANCE = 40;

/** Files by byte ranges; below `/far` each answer takes its time. */
async function serve(folder: string) {
  const server = http.createServer((request, response) => {
    const far = request.url?.startsWith('/far/') === true;
    const file = path.join(folder, path.basename(request.url ?? ''));
    const { size, mtimeMs } = statSync(file);
    const [, from = 0, to = size - 1] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(from), Math.min(Number(to), size - 1)];
    const answer = (): void => {
      response.writeHead(request.headers.range === undefined ? 200 : 206, {
        'content-length': end - start + 1,
        'content-range': `bytes ${start}-${end}/${size}`,
        etag: `"${size}-${mtimeMs}"`,
      });
      createReadStream(file, { start, end, highWaterMark: 2 ** 18 }).pipe(response);
    };
    if (far) setTimeout(answer, DISTANCE);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}

async function tarOf(folder: string, file: string): Promise<void> {
  const tar = new TarFile(file);
  for (const name of readdirSync(folder).sort()) await tar.add(name, readFileSync(path.join(folder, name)));
  await tar.finish();
}

export const sources: Bench = {
  name: 'sources',
  async run(log): Promise<BenchResult> {
    const folder = await photographs();
    const work = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-sources-'));
    const tar = path.join(work, 'all.tar');
    await tarOf(folder, tar);
    const [near, tars] = [await serve(folder), await serve(work)];
    const list = readdirSync(folder).sort();
    const addresses = (base: string): string => list.map((name) => `"${base}/${name}"`).join(', ');
    const cache = `remote: { cache: { folder: "${path.join(work, 'cache')}" } }`;
    const kinds: Record<string, string> = {
      folder: `{ images: "${folder}" }`,
      tar: `{ tars: "${tar}" }`,
      http: `{ images: [${addresses(near.url)}] }`,
      'http, tar': `{ tars: "${tars.url}/all.tar" }`,
      [`http, ${DISTANCE} ms away`]: `{ images: [${addresses(`${near.url}/far`)}] }`,
      'http, from the cache': `{ images: [${addresses(near.url)}], ${cache} }`,
    };
    const times = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
    let count = 0;
    for (let i = 0; i <= ROUNDS; i++) {
      for (const [kind, source] of Object.entries(kinds)) {
        const text = crops(folder, '{ discard: }').replace(/^source: .*$/m, () => `source: ${source}`);
        const pipeline = await pipelineFrom(text);
        const took = await seconds(async () => (count = (await runPipeline(pipeline).done).crops));
        // The first round fills caches.
        if (i > 0) times.get(kind)?.push(took);
      }
      if (i === 0) continue;
      log(`round ${i}: ${[...times].map(([kind, all]) => `${kind} ${round(all.at(-1) ?? 0)}`).join(', ')} s`);
    }
    near.server.close();
    tars.server.close();
    rmSync(work, { recursive: true, force: true });
    const base = times.get('folder') ?? [];
    const ratio = (kind: string): number => median((times.get(kind) ?? []).map((time, i) => time / base[i]));
    const megabytes = list.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0) / 1e6;
    return {
      name: 'sources',
      what: `${list.length} photographs of 2K (${Math.round(megabytes)} MB) to ${count} crops, from a folder, a tar and a web server on this machine, in turn`,
      columns: ['source', 'seconds (median)', 'of the folder', 'MB/s'],
      rows: [...times].map(([kind, all]) => [
        ...[kind, round(median(all)), round(ratio(kind)), round(megabytes / median(all), 0)],
      ]),
      ratio: round(ratio('http')),
      goal: `tar at most ${GOALS.tar} of the folder, http at most ${GOALS.http}`,
      ok: ratio('tar') <= GOALS.tar && ratio('http') <= GOALS.http,
      figures: {
        folder_s: round(median(base)),
        tar: round(ratio('tar')),
        http_tar: round(ratio('http, tar')),
        http_far: round(ratio(`http, ${DISTANCE} ms away`)),
        http_cached: round(ratio('http, from the cache')),
      },
    };
  },
};
