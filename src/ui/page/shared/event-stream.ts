export type Connection = 'connecting' | 'open' | 'lost' | 'closed';

export interface StreamHandlers {
  /** Called with the name and the data of each event. */
  event(name: string, data: unknown): void;
  connection(state: Connection): void;
}

const LONGEST_WAIT_MS = 15_000;

/** The server says something at least every 15 s. After three times as long nobody is there, whatever the browser believes. */
const LONGEST_SILENCE_MS = 45_000;

/**
 * Listens to server-sent events of the given names, and comes back after every break, from the last event seen. The
 * server says `closed` when there is nothing to come back to. Returns a function that stops listening.
 */
export function listen(url: string, names: readonly string[], handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let last: string | undefined;
  let wait = 500;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    source?.close();
  };

  const comeBack = (): void => {
    stop();
    handlers.connection('lost');
    timer = setTimeout(open, wait);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  };

  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(comeBack, LONGEST_SILENCE_MS);
  };

  const open = (): void => {
    source = new EventSource(last === undefined ? url : `${url}?last=${encodeURIComponent(last)}`);
    heard();
    source.onopen = () => {
      wait = 500;
      heard();
      handlers.connection('open');
    };
    source.onerror = comeBack;
    source.addEventListener('beat', heard);
    for (const name of names)
      source.addEventListener(name, (message) => {
        heard();
        last = message.lastEventId || last;
        handlers.event(name, JSON.parse(message.data));
      });
    source.addEventListener('closed', () => {
      stop();
      handlers.connection('closed');
    });
  };

  handlers.connection('connecting');
  open();
  return stop;
}
