import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { RunPart } from '../pipeline/unit-job.js';
import { type Display, displayFor } from './display/display.js';
import { notUsedLines } from './display/not-used.js';
import { type Io, print } from './io.js';
import { type Locate, located } from './locate.js';
import type { LoadRunner } from './services.js';
import { listenForStop } from './stop.js';
import { openPage, PAIRS_EVERY_MS, type UiFlags } from './ui-flags.js';

const shownFiles = 20;

export interface ExecuteOptions {
  readonly json?: boolean;
  /** The command as the user wrote it, for the report and for going on after a stop. */
  readonly command: string;
  readonly locate: Locate;
  /** The command that goes on after a stop, where it is another one. */
  readonly goOn?: string;
  /** Only this part of the run is to be written. */
  readonly part?: RunPart;
  /** Whether and where to show the run in a browser. */
  readonly page?: UiFlags;
}

/** Runs a pipeline with everything a terminal shows, and returns the exit code. */
export async function execute(
  pipeline: Pipeline,
  { json = false, command, locate, goOn, part, page: flags }: ExecuteOptions,
  io: Io,
  load: LoadRunner,
): Promise<number> {
  const { runPipeline } = await load();
  const page = flags?.ui ? await openPage(pipeline, flags, command, io) : undefined;
  const display = displayFor(pipeline.name, json, io);
  const stop = listenForStop(io.signals, (name) => {
    const again = name === 'SIGINT' ? 'Ctrl-C again stops at once.' : 'A second signal stops at once.';
    page?.stopping();
    display.say([`${name}: finishing what is under way and writing what is due. ${again}`]);
  });
  try {
    const pairsEveryMs = page && PAIRS_EVERY_MS;
    const run = runPipeline(pipeline, { signal: stop.signal, command, part, pairsEveryMs });
    const stopOnPage = (): void => {
      display.say(['Stop, asked for on the page: finishing what is under way and writing what is due.']);
      run.controls.stop();
    };
    page?.follow({ ...run, controls: { ...run.controls, stop: stopOnPage } });
    run.events.subscribe((event) => display.event(event));
    const summary = await run.done;
    display.end(summary);
    await page?.close(summary);
    if (!summary.stopped) return 0;
    print(json ? io.stderr : io.stdout, goOn ? [`To go on: ${goOn}`] : howToGoOn(pipeline, display, command));
    return stop.code() ?? 0;
  } catch (error) {
    display.close();
    await page?.close({ error });
    if (error instanceof EsrganError && error.code === 'NO_IMAGES')
      print(io.stderr, notUsedLines(display.state.notUsed, shownFiles));
    throw located(error, locate);
  } finally {
    stop.dispose();
    display.close();
  }
}

function howToGoOn({ sink }: Pipeline, { state }: Display, command: string): string[] {
  if (sink.kind !== 'train' && sink.kind !== 'discard')
    return [`To go on: ${command} (pictures that are already there are kept)`];
  const saved = state.saved.some(({ what }) => what === 'checkpoint');
  if (sink.kind !== 'train' || !saved) return [`To start again: ${command}`];
  const resume = '--set path.resume_state=auto';
  return [`To go on: ${command.includes(resume) ? command : `${command} ${resume}`}`];
}

/** A word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
