import { loadPipeline } from '../../config/load-pipeline.js';
import { paintFor } from '../display/paint.js';
import { planTable } from '../display/plan.js';
import { execute, quote } from '../execute.js';
import { columnsOf, type Io, print } from '../io.js';
import { inPipeline, located } from '../locate.js';
import type { LoadRunner } from '../services.js';
import type { UiFlags } from '../ui-flags.js';

export interface RunFlags extends UiFlags {
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function run(file: string, flags: RunFlags, io: Io, load: LoadRunner): Promise<number> {
  const { set = [], seed, json } = flags;
  const pipeline = await loadPipeline(file, { set, seed });
  if (flags.dryRun) {
    const { planPipeline } = await load();
    const plan = await planPipeline(pipeline).catch((error) => {
      throw located(error, inPipeline(pipeline, set));
    });
    if (json) io.stdout.write(`${JSON.stringify({ type: 'plan', plan })}\n`);
    else print(io.stdout, planTable(plan, pipeline, paintFor(io.stdout, io.env), columnsOf(io.stdout)));
    return 0;
  }
  const again = ['esrgan run', quote(file), ...set.map((s) => `--set ${quote(s)}`)];
  if (seed !== undefined) again.push(`--seed ${seed}`);
  const locate = inPipeline(pipeline, set);
  return execute(pipeline, { json, command: again.join(' '), locate, page: flags }, io, load);
}
