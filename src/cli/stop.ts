import type { Io } from './io.js';

const codes = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof codes;

/** A stop that the user asked for. */
export interface StopRequest {
  readonly signal: AbortSignal;
  /** Exit code that the request asks for, once there was one. */
  code(): number | undefined;
  /** Stops listening. */
  dispose(): void;
}

/**
 * The first SIGINT or SIGTERM asks the run to stop and takes all handlers away, so that the system itself
 * ends the process at the second one, even while a training step blocks this thread.
 */
export function listenForStop(signals: Io['signals'], announce: (signal: Signal) => void): StopRequest {
  const abort = new AbortController();
  let code: number | undefined;
  const handlers = (Object.keys(codes) as Signal[]).map((name) => {
    const handler = (): void => {
      dispose();
      code = codes[name];
      announce(name);
      abort.abort();
    };
    signals.once(name, handler);
    return { name, handler };
  });
  const dispose = (): void => {
    for (const { name, handler } of handlers) signals.off(name, handler);
  };
  return { signal: abort.signal, code: () => code, dispose };
}
