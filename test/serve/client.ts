import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { root } from '../root.js';

export interface Received {
  readonly key: string;
  readonly files: Readonly<Record<string, Buffer>>;
  readonly json: {
    readonly plan: { readonly epoch: number; readonly position: number };
    readonly id: string;
    readonly seed: string;
  };
}

export interface Written {
  readonly images?: string;
  readonly degrade?: string;
  readonly memory?: string;
  readonly seed?: number;
}

/** A small pipeline file over the sample photographs. */
export function pipelineFile({
  images,
  degrade = 'preset: bicubic',
  memory = '64MiB',
  seed = 7,
}: Written = {}): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'esrgan-serve-')), 'served.yml');
  writeFileSync(
    file,
    `name: served
seed: ${seed}
memory: ${memory}
workers: 2
source: { images: ${JSON.stringify(images ?? path.join(root, 'datasets/sample/*.{png,jpg}'))} }
stages:
  - multiscale: { scales: [0.75], shortest_edge: 300 }
  - crop: { size: 160, step: 120 }
  - shuffle:
  - degrade: { ${degrade} }
  - batch: { size: 4, gt_size: 64 }
sink: { discard: }
`,
  );
  return file;
}

export const served = (written?: Written): Promise<Pipeline> => loadPipeline(pipelineFile(written));

/** Opens a tar stream; `take` waits for so many samples (all there are without a count). */
export async function read(url: string, headers: Record<string, string> = {}) {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const members = samplesOf(response);
  return {
    status: response.statusCode,
    response,
    async take(count = Number.POSITIVE_INFINITY): Promise<Received[]> {
      const all: Received[] = [];
      while (all.length < count) {
        const { value, done } = await members.next();
        if (done) break;
        all.push(value);
      }
      return all;
    },
    leave: () => void response.destroy(),
  };
}

async function* samplesOf(response: Readable): AsyncGenerator<Received> {
  let files: Record<string, Buffer> = {};
  const entries = extract();
  response
    .on('error', (error) => entries.destroy(error))
    .on('aborted', () => entries.destroy(new Error('cut off')));
  response.pipe(entries);
  for await (const entry of entries) {
    const [key, ...rest] = entry.header.name.split('.');
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files[rest.join('.')] = Buffer.concat(chunks);
    if (rest.join('.') !== 'json') continue;
    yield { key, files, json: JSON.parse(String(files.json)) };
    files = {};
  }
}

export async function ask(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}
