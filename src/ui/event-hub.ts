import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusal.js';

/** One message of a stream of events: a name, and plain JSON. */
export interface UiEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface HubOptions {
  /** Everything a page must know that has seen nothing yet. */
  readonly snapshot: () => readonly UiEvent[];
  /** Events kept for pages that come back. Default 256. */
  readonly keep?: number;
  /** Pages at once. Default 16. */
  readonly most?: number;
}

interface Page {
  readonly response: ServerResponse;
  /** Number of the last event it was sent. */
  sent: number;
}

const BEAT_MS = 15_000;
/** Tells a page that the connection is alive. Without a number, so that the last one stays that of the last event. */
const BEAT = 'event: beat\ndata: null\n\n';

/**
 * Server-sent events to any number of pages. A page that comes back is sent what it has missed, or, where that is no
 * longer kept, a snapshot; a page that reads too slowly is passed over until it has caught up, so that nothing piles up.
 */
export class EventHub {
  /** Numbers mean nothing after a restart, which the prefix tells. */
  readonly #boot = randomBytes(4).toString('hex');
  readonly #kept: { readonly n: number; readonly text: string }[] = [];
  readonly #pages = new Set<Page>();
  readonly #options: HubOptions;
  readonly #beat: NodeJS.Timeout;
  #last = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#beat = setInterval(() => {
      for (const { response } of this.#pages) if (!response.writableNeedDrain) response.write(BEAT);
    }, BEAT_MS);
    this.#beat.unref();
  }

  /** Pages that listen now. */
  get pages(): number {
    return this.#pages.size;
  }

  send(event: string, data: unknown): void {
    const n = ++this.#last;
    const text = this.#text(n, { event, data });
    this.#kept.push({ n, text });
    if (this.#kept.length > (this.#options.keep ?? 256)) this.#kept.shift();
    for (const page of this.#pages) if (!page.response.writableNeedDrain) this.#catchUp(page);
  }

  /** @throws Refusal 503 when there are too many pages */
  join(request: IncomingMessage, response: ServerResponse): void {
    if (this.#pages.size >= (this.#options.most ?? 16))
      throw new Refusal(503, 'PAGES', 'too many pages are open', 'Close one of them.', {
        'retry-after': '5',
      });
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write('retry: 1000\n\n');
    const page: Page = { response, sent: this.#seen(request) };
    this.#pages.add(page);
    response.on('drain', () => this.#catchUp(page));
    response.on('close', () => this.#pages.delete(page));
    this.#catchUp(page, page.sent < 0);
  }

  /** Ends all streams; pages are told not to come back. */
  close(): void {
    clearInterval(this.#beat);
    for (const { response } of this.#pages) response.end('event: closed\ndata: null\n\n');
    this.#pages.clear();
  }

  #catchUp(page: Page, anew = false): void {
    const oldest = this.#kept[0]?.n ?? this.#last + 1;
    if (anew || page.sent + 1 < oldest) {
      page.response.write(
        this.#options
          .snapshot()
          .map((event) => this.#text(this.#last, event))
          .join(''),
      );
    } else {
      const missed = this.#kept.filter(({ n }) => n > page.sent);
      if (missed.length > 0) page.response.write(missed.map(({ text }) => text).join(''));
    }
    page.sent = this.#last;
  }

  /** The number of the last event that a page has seen; -1 for none that means anything here. */
  #seen({ headers, url = '' }: IncomingMessage): number {
    const query = new URL(url, 'http://localhost').searchParams.get('last');
    const [boot, n] = String(headers['last-event-id'] ?? query ?? '').split('.');
    const seen = boot === this.#boot && /^\d{1,15}$/.test(n ?? '') ? Number(n) : -1;
    return seen > this.#last ? -1 : seen;
  }

  #text(n: number, { event, data }: UiEvent): string {
    return `id: ${this.#boot}.${n}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}
