import type { EventEmitter } from 'node:events';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The world as the command line sees it; tests give their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** Emits SIGINT and SIGTERM. */
  readonly signals: Pick<EventEmitter, 'once' | 'off'>;
  /** Milliseconds since some moment. */
  now(): number;
}

export const print = (stream: Output, lines: readonly string[]): void => {
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
};

/** Columns of a terminal; undefined where lines may be as long as they like. */
export const columnsOf = ({ isTTY, columns }: Output): number | undefined =>
  isTTY ? columns || 80 : undefined;

/** The real one. A reader that goes away, as in `esrgan ... | head`, is no error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
    now: () => performance.now(),
  };
}
