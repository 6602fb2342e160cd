import path from 'node:path';
import { fileReply } from '../files.js';
import { notFound } from '../not-found.js';
import type { Route } from '../routes.js';
import type { Watched } from './watched.js';

/**
 * Routes of one run below `base`: its events, and the pictures of its validations.
 * @param experiment its folder; without one there are no pictures
 */
export function runRoutes(
  base: string,
  find: (name: string) => Promise<{ readonly watched: Watched; readonly experiment?: string }>,
): Route[] {
  return [
    {
      method: 'GET',
      path: `${base}/api/events`,
      handle: async ({ params }) => ({ events: (await find(params.name ?? '')).watched.hub }),
    },
    {
      method: 'GET',
      path: `${base}/api/photographs/:photograph/:file`,
      handle: async ({ params }) => {
        const { experiment } = await find(params.name ?? '');
        const { photograph = '', file = '' } = params;
        if (experiment === undefined || !/^(\d+|lq|bicubic|gt)\.png$/.test(file)) throw notFound();
        const folder = path.join(experiment, 'visualization');
        return fileReply(folder, `${photograph}/${file}`, { allowed: ['.png'], immutable: true });
      },
    },
  ];
}
