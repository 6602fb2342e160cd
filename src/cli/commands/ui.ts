import { once } from 'node:events';
import { openExperiments } from '../../ui/live/index.js';
import { type Io, print } from '../io.js';
import { listenForStop } from '../stop.js';

export interface UiCommandFlags {
  readonly port?: number;
  readonly host?: string;
}

/** Shows an experiment, or several, until it is stopped. */
export async function ui(folder: string, { port, host }: UiCommandFlags, io: Io): Promise<number> {
  const stop = listenForStop(io.signals, () => {});
  try {
    const server = await openExperiments(folder, {
      port,
      host,
      onDefect: (error) =>
        print(io.stderr, [`page: ${error instanceof Error ? error.message : String(error)}`]),
    });
    print(io.stdout, [server.url]);
    if (server.open)
      print(io.stderr, [
        'warning: whoever has this link can see the experiments; it is not encrypted on its way',
      ]);
    print(io.stderr, ['Ctrl-C ends it.']);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await server.close();
    // That is the way to end it, and no failure.
    return 0;
  } finally {
    stop.dispose();
  }
}
