import { once } from 'node:events';
import { loadPipeline } from '../../config/load-pipeline.js';
import type { ServeEvent } from '../../serve/index.js';
import { shownPath, visible } from '../display/escape.js';
import { plural } from '../display/format.js';
import { type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';
import { listenForStop } from '../stop.js';

export interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly readers: number;
  readonly set?: readonly string[];
  readonly seed?: number;
}

/** Serves a pipeline until it is stopped. */
export async function serve(file: string, flags: ServeFlags, io: Io): Promise<number> {
  const { port, host, readers, set = [], seed, token = io.env.ESRGAN_TOKEN } = flags;
  const pipeline = await loadPipeline(file, { set, seed });
  const library = await import('../../serve/index.js');
  const say = (line: string): void => print(io.stderr, [visible(line)]);
  const stop = listenForStop(io.signals, (name) => say(`${name}: readers are cut off; from= goes on later`));
  try {
    const onEvent = (event: ServeEvent): void => {
      const line = lineOf(event);
      if (line !== undefined) say(line);
    };
    const serving = await library.serve(pipeline, { port, host, token, readers, onEvent }).catch((error) => {
      throw located(error, inPipeline(pipeline, set));
    });
    if (token === undefined && !library.isLoopback(host))
      say(`warning: whoever reaches ${serving.url} can read the pictures: give a --token`);
    print(io.stdout, [
      `${visible(pipeline.name)}: ${plural(serving.samples, 'sample')} an epoch at ${serving.url}/epoch/0`,
    ]);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await serving.close();
    return stop.code() ?? 0;
  } finally {
    stop.dispose();
  }
}

function lineOf(event: ServeEvent): string | undefined {
  if (event.type === 'warning')
    return `warning: ${event.file ? `${shownPath(event.file)}: ` : ''}${event.message}`;
  if (event.type === 'file')
    return event.outcome === 'used'
      ? undefined
      : `${event.outcome}: ${shownPath(event.path)}: ${event.reason}`;
  const { address, url, what, pairs, reason } = event;
  if (what === 'came') return `${address} reads ${url}`;
  return `${address} has ${reason === undefined ? 'finished' : 'left'} ${url} after ${plural(pairs, 'pair')}${reason ? `: ${reason}` : ''}`;
}
