import { EsrganError } from '../../errors.js';
import { visible } from '../display/escape.js';
import { execute, quote } from '../execute.js';
import { type Io, print } from '../io.js';
import type { LoadRunner } from '../services.js';

export interface WorkFlags {
  readonly shard?: number | 'auto';
  readonly queue?: string;
  readonly takeover: number;
  readonly json?: boolean;
}

/**
 * Does one shard of a plan, or those that the scheduler wants of this process, one after the other, or those that a queue
 * gives it.
 */
export async function work(
  file: string,
  { shard, queue, takeover, json }: WorkFlags,
  io: Io,
  load: LoadRunner,
): Promise<number> {
  const { autoShards, prepareShard, readPlan } = await import('../../shards/index.js');
  const plan = await readPlan(file);
  if (queue !== undefined) {
    const { workQueue } = await import('./work-queue.js');
    return workQueue(file, plan, { queue, takeover, json }, io, load);
  }
  if (shard === undefined) throw noShard();
  const shards = shard === 'auto' ? autoShards(io.env, plan.shards.length) : [shard];
  for (const number of shards) {
    const { pipeline, part } = await prepareShard(plan, number);
    const label = `shard ${number} of ${plan.shards.length}`;
    if (!part) {
      print(json ? io.stderr : io.stdout, [`${visible(file)}: ${label} is finished already`]);
      continue;
    }
    const command = `esrgan work ${quote(file)} --shard ${number}`;
    const code = await execute(
      pipeline,
      { json, command, part, locate: () => undefined, goOn: `${command} (what is finished is kept)` },
      io,
      load,
    );
    if (code !== 0) return code;
    print(json ? io.stderr : io.stdout, [`${visible(file)}: ${label} is finished`]);
  }
  return 0;
}

const noShard = (): EsrganError =>
  new EsrganError('SHARD_NUMBER', 'esrgan work needs to know what to do', {
    place: { file: '--shard' },
    remedy: 'Give --shard with a number, --shard auto, or --queue redis://host.',
  });
