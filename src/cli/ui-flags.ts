import { type Command, Option } from 'commander';
import type { Pipeline } from '../config/pipeline-file.js';
import type { LivePage } from '../ui/live/index.js';
import { type Io, print } from './io.js';
import { whole } from './options.js';

export interface UiFlags {
  readonly ui?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** The options of commands that can show what they do in a browser. */
export function addUiOptions(command: Command): Command {
  return command
    .option('--ui', 'show it in a browser: prints the link of a page on this machine')
    .addOption(
      whole(
        '--port <n>',
        'port of the page; 0 takes any that is free (default: 7860, or any where that is taken)',
        0,
        65535,
      ).implies({
        ui: true,
      }),
    )
    .addOption(
      new Option(
        '--host <address>',
        'address of the page (default: 127.0.0.1, this machine only); elsewhere the link holds a token',
      ).implies({ ui: true }),
    );
}

/** Milliseconds between two training pairs that the page is shown. */
export const PAIRS_EVERY_MS = 3000;

/** Opens the live page of a run and prints its link. */
export async function openPage(
  pipeline: Pipeline,
  { port, host }: UiFlags,
  command: string,
  io: Io,
): Promise<LivePage> {
  const { openLive } = await import('../ui/live/index.js');
  const page = await openLive(pipeline, { port, host, command, onDefect: (error) => say(io, error) });
  print(io.stderr, linkLines(page));
  return page;
}

/** The link, and what to know about it. */
export function linkLines({ url, open }: { readonly url: string; readonly open: boolean }): string[] {
  const warning =
    'warning: whoever has this link can see the run and stop it; it is not encrypted on its way';
  return [`Live page: ${url}`, ...(open ? [warning] : [])];
}

/** A mistake of ours in the page is no reason to end a run. */
function say(io: Io, error: unknown): void {
  print(io.stderr, [`live page: ${error instanceof Error ? error.message : String(error)}`]);
}
