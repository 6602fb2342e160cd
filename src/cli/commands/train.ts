import { type LoadedOptions, loadOptions } from '../../config/basicsr/load.js';
import { printPipeline } from '../../config/print-pipeline.js';
import { EsrganError } from '../../errors.js';
import { paintFor } from '../display/paint.js';
import { planTable } from '../display/plan.js';
import { execute, quote } from '../execute.js';
import { columnsOf, type Io, print } from '../io.js';
import { located } from '../locate.js';
import { inOptionFile } from '../locate-options.js';
import { noticeLines } from '../notices.js';
import type { LoadRunner } from '../services.js';
import type { UiFlags } from '../ui-flags.js';

export interface TrainFlags extends UiFlags {
  readonly opt: string;
  readonly force_yml?: readonly string[];
  readonly debug?: boolean;
  readonly auto_resume?: boolean;
  readonly allowUnknown?: boolean;
  readonly launcher?: string;
  readonly seed?: number;
  readonly printPipeline?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Trains from an option file of BasicSR, as its train.py does. */
export async function train(flags: TrainFlags, io: Io, load: LoadRunner): Promise<number> {
  oneProcess(flags.launcher);
  const { opt, force_yml: force, debug, auto_resume: autoResume, allowUnknown, seed, json } = flags;
  const loaded = await loadOptions(opt, { force, debug, autoResume, allowUnknown, seed });
  const { pipeline, notices } = loaded;
  print(io.stderr, noticeLines(notices, paintFor(io.stderr, io.env)));
  const command = commandOf(flags);
  if (flags.printPipeline) {
    io.stdout.write(asFile(loaded, command));
    return 0;
  }
  const locate = inOptionFile(loaded);
  const goOn = commandOf({ ...flags, auto_resume: true });
  if (!flags.dryRun) return execute(pipeline, { json, command, locate, goOn, page: flags }, io, load);
  const { planPipeline } = await load();
  const plan = await planPipeline(pipeline).catch((error) => {
    throw located(error, locate);
  });
  if (json) io.stdout.write(`${JSON.stringify({ type: 'plan', plan })}\n`);
  else print(io.stdout, planTable(plan, pipeline, paintFor(io.stdout, io.env), columnsOf(io.stdout)));
  return 0;
}

const asFile = ({ input }: LoadedOptions, command: string): string =>
  printPipeline(input, [`Printed by ${command}`, 'The same run: esrgan run with the name of this file']);

function commandOf({ opt, force_yml = [], debug, auto_resume, allowUnknown, seed }: TrainFlags): string {
  const words = ['esrgan train -opt', quote(opt)];
  if (debug) words.push('--debug');
  if (auto_resume) words.push('--auto_resume');
  if (allowUnknown) words.push('--allow-unknown');
  if (seed !== undefined) words.push(`--seed ${seed}`);
  if (force_yml.length > 0) words.push('--force_yml', ...force_yml.map(quote));
  return words.join(' ');
}

function oneProcess(launcher = 'none'): void {
  if (launcher === 'none') return;
  throw new EsrganError('LAUNCHER', `there is no launcher ${launcher} here: training runs on one device`, {
    place: { file: `--launcher ${launcher}` },
    remedy: 'Use --launcher none. For larger steps than one device holds, set train:accum_iter.',
  });
}
