import { notFound } from '../not-found.js';
import type { Route } from '../routes.js';
import type { Bench } from './bench.js';
import { FindRequest, RenderRequest, SaveRequest } from './request.js';

const DROPPED_BYTES = 64 * 2 ** 20;
const TEXT_BYTES = 2 ** 20;
const MOST_LISTED = 200;

/** What the page of the degradation bench asks for. */
export function benchRoutes(bench: Bench): Route[] {
  const { photos } = bench;
  return [
    { method: 'GET', path: '/api/bench', handle: async () => ({ json: await bench.opening() }) },
    {
      method: 'GET',
      path: '/api/photos',
      handle: ({ query }) => ({ json: photos.list(whole(query.get('from')), MOST_LISTED) }),
    },
    {
      method: 'POST',
      path: '/api/photos',
      body: 'bytes',
      limit: DROPPED_BYTES,
      handle: async ({ body, query }) => ({ json: await photos.drop(body, nameOf(query.get('name'))) }),
    },
    {
      method: 'GET',
      path: '/api/photos/:key',
      handle: ({ params }) => {
        const { scales, windows } = photos.visit(params.key);
        const listed = windows.map(({ scale, x, y, width, height }) => ({
          tag: scale.tag,
          x,
          y,
          width,
          height,
        }));
        return { json: { scales, windows: listed } };
      },
    },
    {
      method: 'GET',
      path: '/api/photos/:key/thumb',
      handle: async ({ params }) => ({ bytes: await photos.thumb(params.key), type: 'image/jpeg' }),
    },
    {
      method: 'POST',
      path: '/api/render',
      limit: TEXT_BYTES,
      handle: async (request) => ({
        bytes: await bench.render(request.json(RenderRequest)),
        type: 'application/octet-stream',
      }),
    },
    {
      method: 'POST',
      path: '/api/find',
      limit: TEXT_BYTES,
      handle: async (request) => ({ json: await bench.find(request.json(FindRequest)) }),
    },
    {
      method: 'POST',
      path: '/api/save',
      limit: TEXT_BYTES,
      handle: async (request) => ({ json: await bench.save(request.json(SaveRequest)) }),
    },
  ];
}

function whole(text: string | null): number {
  if (text === null) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw notFound();
}

/** Becomes part of sample ids. */
function nameOf(given: string | null): string {
  const name = (given ?? '').replace(/[^\w.() -]/g, '_').slice(-80);
  return /[^.]/.test(name) ? name : 'dropped';
}
