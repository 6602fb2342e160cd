import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { contents, type Running, start, workplace } from '../e2e/esrgan.js';
import { root } from '../root.js';

// The command line as it was compiled with this test.
export const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
export const begin = (
  t: Test,
  args: readonly string[],
  cwd: string,
  env: readonly string[] = [],
): Running => {
  const run = start(['env', '-u', 'NODE_OPTIONS', ...env, process.execPath, bin, ...args], cwd);
  t.teardown(() => run.kill('SIGKILL'));
  return run;
};
export const esrgan = (t: Test, args: string, cwd: string, env?: readonly string[]) =>
  begin(t, args.split(' '), cwd, env).ended;

/** Waits for a file that a running program makes; throws when it ends without. */
export async function appears(file: string, run: Running): Promise<void> {
  let over = false;
  run.ended.finally(() => {
    over = true;
  });
  while (!existsSync(file)) {
    if (over) throw new Error(`ended without ${file}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Write {
  readonly write: string;
  readonly stages?: string;
}

/** A pipeline on three sample photographs; every folder it is written to reads the same ones. */
export function pipeline(cwd: string, photos: string, { write, stages = pairStages }: Write): void {
  writeFileSync(
    path.join(cwd, 'p.yml'),
    `name: pack\nseed: 3\nmemory: 32MiB\nworkers: 1\nsource: { images: '${photos}', threads: 1 }\n` +
      `stages:\n  - crop: { size: 160, step: 160 }\n  - metadata: { provenance: lists/prov.jsonl, meta_info: lists/meta.txt }\n` +
      `${stages}sink:\n  write: ${write}\n`,
  );
}

export const pairStages = `  - shuffle:
  - degrade: [{ blur: { sigma: [0.2, 3] } }, { resize: { to: lq } }, { gaussian_noise: { sigma: [1, 30] } }]
  - batch: { gt_size: 64, size: 4 }
`;

export async function photographs(t: Test): Promise<string> {
  const folder = path.join((await workplace(t)).replace(/["']/g, ''), 'photos');
  mkdirSync(folder, { recursive: true });
  t.teardown(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
  for (const name of ['coffee.png', 'chelsea.png', 'rocket.jpg'])
    cpSync(path.join(root, 'datasets', 'sample', name), path.join(folder, name));
  return folder;
}

/** What a run has made: the folder, hidden records included, and the lists. */
export const results = (cwd: string) =>
  ['out', 'lq', 'lists'].flatMap((name) =>
    existsSync(path.join(cwd, name)) ? [contents(path.join(cwd, name))] : [],
  );

export async function single(t: Test, photos: string, write: Write, files: Record<string, string> = {}) {
  const cwd = await workplace(t);
  pipeline(cwd, photos, write);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
  t.match(await esrgan(t, 'run p.yml', cwd), { code: 0, err: '' });
  return { cwd, made: results(cwd) };
}
