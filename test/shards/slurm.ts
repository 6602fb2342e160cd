import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { freePort } from './redis.js';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'sinfo'];
const absent = programs.filter(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: env() }).status !== 0,
);

/** Daemons lie where not every user looks. */
function env(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
}

/** Why there can be no Slurm on this machine; undefined where it is installed. */
export const noSlurm =
  absent.length > 0 ? `${absent.join(', ')} not installed (Debian: slurm-wlm)` : undefined;

/** More processors and memory than there are: jobs may ask for what they ask for on a cluster. */
const NODE = 'CPUs=8 RealMemory=16000';

async function configuration(folder: string): Promise<string> {
  const host = hostname().split('.')[0];
  const me = userInfo().username;
  const at = (name: string): string => path.join(folder, name);
  return `ClusterName=esrgan
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
AuthType=auth/munge
AuthInfo=socket=${at('munge.socket')}
CredType=cred/munge
SlurmUser=${me}
SlurmdUser=${me}
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd.log')}
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 ${NODE} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES State=UP
`;
}

/**
 * A cluster of this machine alone: munge, controller and node, on loopback, everything in a folder of its own. Gives the
 * variables with which its commands find it, or why it does not start.
 */
export async function startSlurm(
  t: Test,
): Promise<{ readonly env: NodeJS.ProcessEnv } | { readonly why: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'esrgan-slurm-'));
  const running: ChildProcess[] = [];
  t.teardown(async () => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(late);
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: string): string => path.join(folder, name);
  chmodSync(folder, 0o755);
  for (const name of ['state', 'spool']) mkdirSync(at(name));
  writeFileSync(at('key'), randomBytes(128), { mode: 0o600 });
  writeFileSync(at('slurm.conf'), await configuration(folder));
  const variables = { ...env(), SLURM_CONF: at('slurm.conf') };
  const start = (name: string, args: readonly string[]): void => {
    running.push(spawn(name, args, { env: variables, stdio: 'ignore' }));
  };
  const munge = {
    'key-file': 'key',
    socket: 'munge.socket',
    'pid-file': 'munge.pid',
    'log-file': 'munge.log',
    'seed-file': 'seed',
  };
  start('munged', [
    '--foreground',
    ...Object.entries(munge).map(([option, name]) => `--${option}=${at(name)}`),
  ]);
  if (!(await comes(() => existsSync(at('munge.socket')))))
    return { why: `munged: ${last(at('munge.log'))}` };
  start('slurmctld', ['-D', '-f', at('slurm.conf')]);
  start('slurmd', ['-D', '-f', at('slurm.conf')]);
  const idle = (): boolean => {
    const nodes = spawnSync('sinfo', ['--noheader', '--format=%T'], { env: variables, encoding: 'utf8' });
    return nodes.stdout.trim() === 'idle';
  };
  if (await comes(idle)) return { env: variables };
  return { why: `slurmctld: ${last(at('slurmctld.log'))}; slurmd: ${last(at('slurmd.log'))}` };
}

async function comes(there: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 120; tries++) {
    if (there()) return true;
    await sleep(250);
  }
  return false;
}

const last = (log: string): string =>
  existsSync(log) ? (readFileSync(log, 'utf8').trimEnd().split('\n').pop() ?? '') : 'said nothing';
