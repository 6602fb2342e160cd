import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EsrganError } from '../errors.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When its process began, in seconds of the clock. */
  readonly began: number;
}

/** Of a run on another machine it can only be seen that it has touched its lock not long ago. */
const TOUCH_MS = 60_000;
const SILENT_MS = 10 * TOUCH_MS;

const ourselves = (): Holder => ({
  pid: process.pid,
  host: os.hostname(),
  began: Math.round(Date.now() / 1000 - process.uptime()),
});

/** `experiments/.<name>.lock`; beside the folder, which is moved when a new run takes its name. */
export const lockOf = (root: string): string => path.join(path.dirname(root), `.${path.basename(root)}.lock`);

/**
 * Keeps other runs from writing to the same experiment. The lock of a run that was killed is taken over.
 * @returns what lets it go
 * @throws EsrganError `EXPERIMENT_IN_USE` naming the process that writes there
 */
export async function lock(root: string): Promise<() => void> {
  const file = lockOf(root);
  await mkdir(path.dirname(root), { recursive: true });
  const holder = holderOf(file);
  if (holder && isAlive(holder, file)) throw inUse(root, file, holder);
  if (holder) rmSync(file, { force: true });
  try {
    writeFileSync(file, JSON.stringify(ourselves()), { flag: 'wx' });
  } catch (cause) {
    const other = (cause as NodeJS.ErrnoException).code === 'EEXIST' && holderOf(file);
    throw other ? inUse(root, file, other) : cause;
  }
  const touch = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Somebody has removed it, as the error of another run may have told him to.
    }
  }, TOUCH_MS).unref();
  return () => {
    clearInterval(touch);
    rmSync(file, { force: true });
  };
}

function holderOf(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Cut short when the disk was full, or the machine went down.
    return { pid: 0, host: os.hostname(), began: 0 };
  }
}

function isAlive({ pid, host, began }: Holder, file: string): boolean {
  const us = ourselves();
  if (host !== us.host) return Date.now() - statSync(file).mtimeMs < SILENT_MS;
  // In a container every first process has the same number.
  if (pid === us.pid) return Math.abs(began - us.began) <= 2;
  if (pid === 0 || began < Date.now() / 1000 - os.uptime() - 2) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const inUse = (root: string, file: string, { pid, host }: Holder): EsrganError =>
  new EsrganError(
    'EXPERIMENT_IN_USE',
    `${root} is being written by another run (process ${pid} on ${host})`,
    {
      place: { file: root },
      remedy: `Stop that run, or choose another name; if there is none, remove ${file}.`,
    },
  );
