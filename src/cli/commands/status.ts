import type { PlanStatus } from '../../shards/index.js';
import { visible } from '../display/escape.js';
import { count, duration, percent, plural } from '../display/format.js';
import { type Io, print } from '../io.js';

export interface StatusFlags {
  readonly queue?: string;
  readonly json?: boolean;
}

/** Says how far a plan is, by its queue or by its output folder. */
export async function status(file: string, { queue, json }: StatusFlags, io: Io): Promise<number> {
  const { folderStatus, readPlan } = await import('../../shards/index.js');
  const plan = await readPlan(file);
  const found = queue === undefined ? folderStatus(plan) : await fromQueue(queue);
  if (json) io.stdout.write(`${JSON.stringify({ plan: plan.name, digest: plan.digest, ...found })}\n`);
  else print(io.stdout, lines(file, found));
  return 0;

  async function fromQueue(url: string): Promise<PlanStatus> {
    const { queueAddress, queueStatus } = await import('../../shards/queue/index.js');
    return queueStatus(plan, queueAddress(url, io.env.REDISCLI_AUTH));
  }
}

const SHOWN = 20;

function lines(file: string, found: PlanStatus): string[] {
  const { shards, done, underWay, waiting, failed, pixels, rate, eta, workers } = found;
  const share = pixels.all > 0 ? pixels.done / pixels.all : 1;
  const names = workers?.map(({ name, shard, progress = 0 }) =>
    visible(shard === undefined ? `${name} waits` : `${name} shard ${shard}, ${percent(progress)}`),
  );
  return [
    `${visible(file)}: ${done} of ${plural(shards, 'shard')} done, ${underWay} under way, ${waiting} waiting, ${failed.length} failed`,
    `  pixels       ${percent(share)} of ${count(pixels.all / 1e6)} million`,
    `  rate         ${rate === undefined ? 'nothing was finished in the last ten minutes' : `${Number((rate / 1e6).toPrecision(3))} million pixels a second`}`,
    ...(eta !== undefined && done < shards ? [`  eta          ${duration(eta)}`] : []),
    ...(names
      ? [`  workers      ${names.length}`, ...names.slice(0, SHOWN).map((name) => `    ${name}`)]
      : []),
    ...failed.slice(0, SHOWN).map(({ shard, reason }) => `  failed       shard ${shard}: ${visible(reason)}`),
    ...(done === shards ? [`  next         esrgan merge ${visible(file)}`] : []),
  ];
}
