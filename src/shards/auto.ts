import { EsrganError } from '../errors.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where schedulers say which of several equal processes one is, and how many there are. */
const places = [
  { index: 'SLURM_ARRAY_TASK_ID' },
  { index: 'JOB_COMPLETION_INDEX' },
  { index: 'CLOUD_RUN_TASK_INDEX', count: 'CLOUD_RUN_TASK_COUNT' },
  { index: 'RANK', count: 'WORLD_SIZE' },
] as const;

/**
 * The shards that a scheduler wants of this process. Where it tells the number of processes, they share all shards, every
 * one taking each so-many-th; else the number of the process is that of its only shard.
 *
 * @throws EsrganError `SHARD_NUMBER` when no scheduler says anything, or not a number from 0 to `shards` - 1, or several
 * say different things
 */
export function autoShards(env: Env, shards: number): number[] {
  const said = places.flatMap((place) => {
    const own = shardsOf(env, place, shards);
    return own ? [{ name: place.index, own }] : [];
  });
  const [first, ...others] = said;
  if (!first)
    throw wrong(`--shard auto needs one of ${places.map(({ index }) => index).join(', ')}, and none is set`);
  const other = others.find(({ own }) => own.join() !== first.own.join());
  if (!other) return first.own;
  throw wrong(
    `${first.name} is ${env[first.name]} and ${other.name} is ${env[other.name]}: they stand for different shards`,
    'Give --shard with a number in place of auto, or unset the variable that is not meant.',
  );
}

function shardsOf(env: Env, place: (typeof places)[number], shards: number): number[] | undefined {
  const value = env[place.index];
  if (value === undefined || value === '') return undefined;
  const index = wholeNumber(place.index, value);
  const many = 'count' in place ? env[place.count] : undefined;
  if (many === undefined || !('count' in place)) return [checkShard(index, shards, place.index)];
  const count = wholeNumber(place.count, many);
  if (index >= count) throw wrong(`${place.index} is ${index}, but ${place.count} is ${count}`);
  const own: number[] = [];
  for (let shard = index; shard < shards; shard += count) own.push(shard);
  return own;
}

/** The number itself. @throws EsrganError `SHARD_NUMBER` when the plan has no such shard */
export function checkShard(shard: number, shards: number, origin: string): number {
  if (Number.isInteger(shard) && shard >= 0 && shard < shards) return shard;
  throw wrong(
    `${origin} is ${shard}, but the plan has ${shards} ${shards === 1 ? 'shard' : 'shards'}, from 0 to ${shards - 1}`,
  );
}

function wholeNumber(name: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw wrong(`${name} is ${JSON.stringify(value)}, not a whole number`);
}

const wrong = (
  message: string,
  remedy = 'Give --shard with a number of the plan; array jobs count from 0.',
): EsrganError => new EsrganError('SHARD_NUMBER', message, { place: { file: '--shard' }, remedy });
