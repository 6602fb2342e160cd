import os from 'node:os';
import type { RunEvent } from '../../events.js';
import type { ShardPlan } from '../../shards/index.js';
import { type QueueEvent, queueAddress, type RunShard, workFromQueue } from '../../shards/queue/index.js';
import { displayFor } from '../display/display.js';
import { visible } from '../display/escape.js';
import { plural } from '../display/format.js';
import { quote } from '../execute.js';
import { type Io, print } from '../io.js';
import type { LoadRunner } from '../services.js';
import { listenForStop } from '../stop.js';

export interface QueueFlags {
  readonly queue: string;
  readonly takeover: number;
  readonly json?: boolean;
}

/** Does shards of a plan from a queue, until none is left or a signal comes. */
export async function workQueue(
  file: string,
  plan: ShardPlan,
  { queue, takeover, json = false }: QueueFlags,
  io: Io,
  load: LoadRunner,
): Promise<number> {
  const address = queueAddress(queue, io.env.REDISCLI_AUTH);
  const { runPipeline } = await load();
  const out = json ? io.stderr : io.stdout;
  const say = (line: string, to = out): void => print(to, [visible(`${plan.name}: ${line}`)]);
  const command = `esrgan work ${quote(file)} --queue ${quote(address.shown)}`;
  const stop = listenForStop(io.signals, (name) =>
    say(`${name}: giving back the shard under way; what is finished of it is kept`, io.stderr),
  );
  const run: RunShard = async (shard, { pipeline, part, samples }, { signal, progress }) => {
    const display = displayFor(`${pipeline.name} ${shard}`, json, io);
    try {
      const running = runPipeline(pipeline, { signal, command, part });
      running.events.subscribe((event) => {
        display.event(event);
        const written = writtenBy(event, pipeline.sink.kind);
        if (written !== undefined) progress(written / samples);
      });
      display.end(await running.done);
    } finally {
      display.close();
    }
  };
  try {
    const done = await workFromQueue(plan, {
      ...{ queue: address, takeover: takeover * 1000, name: `${os.hostname()}:${process.pid}` },
      ...{ run, signal: stop.signal },
      onEvent: (event) => say(lineOf(event, plan), isBad(event) ? io.stderr : out),
    });
    if (stop.signal.aborted) say(`left after ${plural(done, 'shard')}; to go on: ${command}`);
    else say(`no shard is left; this worker did ${done}. Next: esrgan merge ${quote(file)}`);
    return stop.code() ?? 0;
  } finally {
    stop.dispose();
  }
}

/** Samples that the sink has written so far. */
function writtenBy(event: RunEvent, sink: string): number | undefined {
  return event.type === 'stats' ? event.stages.find(({ stage }) => stage === sink)?.out : undefined;
}

const isBad = ({ type }: QueueEvent): boolean =>
  type === 'away' || type === 'back' || type === 'trouble' || type === 'failed' || type === 'lost';

function lineOf(event: QueueEvent, { shards }: ShardPlan): string {
  switch (event.type) {
    case 'away':
      return `the Redis at ${event.queue} is away (${event.reason}); trying again until it is back`;
    case 'back':
      return `the Redis at ${event.queue} is back`;
    case 'trouble':
      return `the queue says: ${event.reason}`;
    default: {
      const shard = `shard ${event.shard} of ${shards.length}`;
      if (event.type === 'failed')
        return `${shard} failed${event.again ? ', and will be tried again' : ''}: ${event.reason}`;
      if (event.type === 'lost')
        return `${shard}: this worker was not heard of for too long; the shard goes to whoever takes it first`;
      if (event.type === 'stalled') return `${shard}: its worker has gone; the shard is queued again`;
      return `${shard} is ${event.type}`;
    }
  }
}
