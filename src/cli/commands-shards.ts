import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanFlags } from './commands/plan.js';
import type { StatusFlags } from './commands/status.js';
import type { WorkFlags } from './commands/work.js';
import type { Io } from './io.js';
import { collect, whole } from './options.js';
import type { LoadRunner } from './services.js';

/** The commands that divide a run among processes and machines. */
export function addShards(program: Command, io: Io, load: LoadRunner, leave: (code: number) => void): void {
  program
    .command('plan')
    .description('divide a run that writes pictures into shards, for many processes or machines')
    .argument('<pipeline.yml>', 'the pipeline file')
    .addOption(whole('--shards <n>', 'number of shards', 1, 1_000_000).makeOptionMandatory())
    .requiredOption('--out <plan.json>', 'the plan to write')
    .option('--set <a.b=c>', 'change a value of the file, e.g. crop.size=256 (repeatable)', collect)
    .addOption(whole('--seed <n>', 'change the seed', 0))
    .action(async (file: string, flags: PlanFlags) => {
      const { plan } = await import('./commands/plan.js');
      leave(await plan(file, flags, io));
    });
  program
    .command('work')
    .description('do shards of a plan; what is finished is kept')
    .argument('<plan.json>', 'what esrgan plan wrote')
    .addOption(
      new Option(
        '--shard <n>',
        'which shard, from 0; auto asks the scheduler (Slurm, Kubernetes, Cloud Run, torchrun)',
      )
        .argParser(shardNumber)
        .conflicts('queue'),
    )
    .option('--queue <redis://host>', 'do shards from a queue in Redis until none is left')
    .addOption(
      whole(
        '--takeover <seconds>',
        'with a queue: silence after which the shard of a worker goes to another',
        2,
        86_400,
      )
        .default(60)
        .conflicts('shard'),
    )
    .option('--json', 'print one event a line')
    .action(async (file: string, flags: WorkFlags) => {
      const { work } = await import('./commands/work.js');
      leave(await work(file, flags, io, load));
    });
  program
    .command('status')
    .description('say how far a plan is: shards, rate, time to go, workers')
    .argument('<plan.json>', 'what esrgan plan wrote')
    .option('--queue <redis://host>', 'ask the queue; without it, the output folder tells')
    .option('--json', 'print one object')
    .action(async (file: string, flags: StatusFlags) => {
      const { status } = await import('./commands/status.js');
      leave(await status(file, flags, io));
    });
  program
    .command('merge')
    .description(
      'check that all shards of a plan are there and whole; write the index, provenance, meta_info and report',
    )
    .argument('<plan.json>', 'what esrgan plan wrote')
    .action(async (file: string) => {
      const { merge } = await import('./commands/merge.js');
      leave(await merge(file, io));
    });
}

function shardNumber(value: string): number | 'auto' {
  if (value === 'auto') return value;
  if (/^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Give the number of a shard, or auto.');
}
