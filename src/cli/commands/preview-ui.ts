import { once } from 'node:events';
import { loadPipeline } from '../../config/load-pipeline.js';
import { EsrganError } from '../../errors.js';
import { type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';
import { listenForStop } from '../stop.js';
import type { PreviewFlags } from './preview.js';

/** Opens the degradation bench of a pipeline until it is stopped. */
export async function previewUi(
  file: string,
  { set = [], seed, port, host }: PreviewFlags,
  io: Io,
): Promise<number> {
  const own = set.find((one) => /^\s*degrade\b/.test(one));
  if (own !== undefined)
    throw new EsrganError(
      'CONFIG_OVERRIDE',
      `--ui changes the stage degrade of the file itself, and so does --set ${own}`,
      {
        remedy: 'Leave it out, and change the stage on the page.',
      },
    );
  const pipeline = await loadPipeline(file, { set, seed });
  const { openPlayground } = await import('../../ui/playground/index.js');
  const stop = listenForStop(io.signals, () => {});
  try {
    const flags = [
      ...(seed === undefined ? [] : ['--seed', `${seed}`]),
      ...set.flatMap((one) => ['--set', one]),
    ];
    const onDefect = (error: unknown): void =>
      print(io.stderr, [`page: ${error instanceof Error ? error.message : String(error)}`]);
    const server = await openPlayground(pipeline, { port, host, flags, onDefect }).catch((error) => {
      throw located(error, inPipeline(pipeline, set));
    });
    print(io.stdout, [server.url]);
    const warning =
      'warning: whoever has this link can see the photographs and change the pipeline file; it is not encrypted on its way';
    print(io.stderr, [...(server.open ? [warning] : []), 'Ctrl-C ends it.']);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await server.close();
    // That is the way to end it, and no failure.
    return 0;
  } finally {
    stop.dispose();
  }
}
