import type { Pipeline } from '../../config/pipeline-file.js';
import { degradeOf } from '../../preview/rebuild.js';
import { pageRoutes } from '../page-files.js';
import { openUi, type UiOptions, type UiServer } from '../server.js';
import { openBench } from './bench.js';
import { benchRoutes } from './routes.js';

export { type Bench, openBench } from './bench.js';
export { benchRoutes } from './routes.js';

export interface PlaygroundOptions extends Pick<UiOptions, 'port' | 'host' | 'onDefect'> {
  /** What the command line changed, for the commands that repeat a view: `--seed 3`. */
  readonly flags?: readonly string[];
}

/**
 * Opens the degradation bench of a pipeline: a page on which its degrade stage is changed and seen.
 *
 * @throws EsrganError `PORT`, `PAGE_MISSING`, `NO_DEGRADE`, and what discovering photographs throws
 * @example
 * const { url, close } = await openPlayground(await loadPipeline('pipelines/df2k-x4.yml'), { port: 0 });
 */
export async function openPlayground(
  pipeline: Pipeline,
  { flags, ...options }: PlaygroundOptions = {},
): Promise<UiServer> {
  degradeOf(pipeline);
  const page = pageRoutes('playground', `${pipeline.name}: degradation bench`);
  const bench = await openBench(pipeline, flags);
  try {
    const server = await openUi({ ...options, routes: [...page, ...benchRoutes(bench)] });
    return {
      ...server,
      async close() {
        await server.close();
        await bench.close();
      },
    };
  } catch (error) {
    await bench.close();
    throw error;
  }
}
