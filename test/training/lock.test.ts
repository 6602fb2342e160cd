import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { lock, lockOf } from '../../src/training/lock.js';

t.test('the lock of a run that was killed is taken over, that of a living one is not', async (t) => {
  const root = path.join(t.testdir(), 'experiments', 'e');
  const file = lockOf(root);
  const held = {
    pid: process.pid,
    host: os.hostname(),
    began: Math.round(Date.now() / 1000 - process.uptime()),
  };
  const found = (holder: object | string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  };
  const refused = async (holder: object, pattern: RegExp): Promise<void> => {
    found(holder);
    await t.rejects(lock(root), { code: 'EXPERIMENT_IN_USE', message: pattern });
  };
  const taken = async (holder: object | string): Promise<void> => {
    found(holder);
    (await lock(root))();
    t.notOk(existsSync(file));
  };
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  await taken({ ...held, pid: dead });
  await taken({ ...held, began: held.began - 3600 });
  await taken({ ...held, pid: process.ppid, began: 1000 });
  await taken('{"pid":');
  await refused(held, /another run/);
  await refused({ ...held, pid: process.ppid }, new RegExp(`process ${process.ppid} `));
  await refused({ ...held, host: 'elsewhere' }, /on elsewhere/);
  utimesSync(file, new Date(0), new Date(0));
  (await lock(root))();

  const release = await lock(root);
  await t.rejects(lock(root), { code: 'EXPERIMENT_IN_USE' });
  release();
  t.same(readdirSync(path.dirname(root)), []);
});
