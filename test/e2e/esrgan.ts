import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Test } from 'tap';
import type { RunEvent } from '../../src/events.js';
import { root } from '../root.js';

/** The command line as it is shipped. */
export const bin = path.join(root, 'dist', 'cli', 'bin.js');

export const shipped = (...parts: string[]): string => path.join(root, ...parts);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when a text has appeared on stdout or stderr; rejects when the program ends without it. */
  seen(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** What it has said so far. */
  text(): Pick<Ended, 'out' | 'err'>;
}

/** Starts a program in `cwd`, without a terminal. */
export function start(argv: readonly string[], cwd: string): Running {
  const child = spawn(argv[0], argv.slice(1), { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  const waiting = new Set<() => void>();
  let over = false;
  const note = (stream: 'out' | 'err') => (chunk: string) => {
    text[stream] += chunk;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', note('out'));
  child.stderr.setEncoding('utf8').on('data', note('err'));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      over = true;
      for (const look of waiting) look();
      resolve({ code, signal, ...text });
    });
  });
  return {
    ended,
    kill: (signal) => child.kill(signal),
    text: () => ({ ...text }),
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.test(text.out) || pattern.test(text.err);
          if (!found && !over) return;
          waiting.delete(look);
          if (found) resolve();
          else reject(new Error(`ended without ${pattern}:\n${text.out}\n${text.err}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** `esrgan ...` to its end. */
export const esrgan = (args: readonly string[], cwd: string): Promise<Ended> =>
  start([process.execPath, bin, ...args], cwd).ended;

/**
 * `esrgan ...` as a user has it: the test runner measures coverage in child processes, and listens for signals
 * there. What still runs when the test is over is killed.
 */
export function bare(t: Test, args: readonly string[], cwd: string): Running {
  const run = start(['env', '-u', 'NODE_OPTIONS', '-u', 'FORCE_COLOR', process.execPath, bin, ...args], cwd);
  t.teardown(() => run.kill('SIGKILL'));
  return run;
}

/** A command that the program printed, as a shell runs it. */
export const shell = (command: string, cwd: string): Promise<Ended> =>
  start(
    ['bash', '-c', `esrgan() { "$NODE" "$BIN" "$@"; }; NODE=$0 BIN=$1; ${command}`, process.execPath, bin],
    cwd,
  ).ended;

/** An empty working folder with an awkward name. */
export async function workplace(t: Test): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `esrgan e2e 'ü' "q" `));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const events = (out: string): RunEvent[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line): RunEvent => JSON.parse(line));

export function only<T extends RunEvent['type']>(
  list: readonly RunEvent[],
  type: T,
): Extract<RunEvent, { type: T }>[] {
  return list.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}

/** Names of the files in a folder that are not hidden, sorted. */
export const names = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();

/** Every file below a folder with a hash of its bytes, hidden ones included. */
export function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();
  return Object.fromEntries(files.map((name) => [name, sha256(readFileSync(path.join(folder, name)))]));
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Picture {
  readonly name: string;
  readonly w: number;
  readonly h: number;
  readonly sha256: string;
}

/** The pictures of a folder with their pixels hashed as in the reference data; throws where one is not whole. */
export const pictures = (folder: string): Promise<Picture[]> =>
  Promise.all(
    names(folder).map(async (name) => {
      const { data, info } = await sharp(path.join(folder, name), { failOn: 'truncated' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { name, w: info.width, h: info.height, sha256: sha256(data) };
    }),
  );
