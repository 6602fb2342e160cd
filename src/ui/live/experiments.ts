import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { notFound } from '../not-found.js';
import { pageRoutes, pageShell } from '../page-files.js';
import type { Route } from '../routes.js';
import { openUi, type UiServer } from '../server.js';
import { compared } from './compared.js';
import { isExperiment, OpenExperiment } from './experiment.js';
import type { LiveOptions } from './live.js';
import { runRoutes } from './run-routes.js';

/**
 * Serves the page of one experiment, `experiments/NAME`, or of all experiments of a folder, to be compared.
 *
 * @throws EsrganError `NO_EXPERIMENT` when there is none, `PORT`, `PAGE_MISSING`
 */
export async function openExperiments(folder: string, options: LiveOptions = {}): Promise<UiServer> {
  const root = await realpath(folder).catch(() => folder);
  const single = await isExperiment(root);
  const names = single ? [] : await experimentsIn(root);
  if (!single && names.length === 0) throw await noExperiment(folder);
  const shelf = new Shelf(root);
  const routes = single ? singleRoutes(root, shelf) : allRoutes(root, shelf);
  const { port, host, onDefect } = options;
  const server = await openUi({ routes, port, host, onDefect });
  return {
    ...server,
    close: async () => {
      await shelf.close();
      await server.close();
    },
  };
}

function singleRoutes(root: string, shelf: Shelf): Route[] {
  const find = (): Promise<Found> => shelf.find('');
  return [...pageRoutes('live', path.basename(root)), ...runRoutes('', find)];
}

function allRoutes(root: string, shelf: Shelf): Route[] {
  const title = `${path.basename(root)}: experiments`;
  const [, ...parts] = pageRoutes('live', title);
  return [
    {
      method: 'GET',
      path: '/',
      handle: () => ({
        bytes: pageShell('live', title, { view: 'compare' }),
        type: 'text/html; charset=utf-8',
      }),
    },
    ...parts,
    {
      method: 'GET',
      path: '/api/experiments',
      handle: async () => ({
        json: await compared(
          await Promise.all((await experimentsIn(root)).map(async (name) => (await shelf.find(name)).open)),
        ),
      }),
    },
    {
      method: 'GET',
      path: '/e/:name',
      handle: async ({ params: { name = '' } }) => {
        await shelf.find(name);
        const base = `/e/${encodeURIComponent(name)}`;
        return { bytes: pageShell('live', name, { base }), type: 'text/html; charset=utf-8' };
      },
    },
    ...runRoutes('/e/:name', (name) => shelf.find(name)),
  ];
}

interface Found {
  readonly watched: OpenExperiment['watched'];
  readonly experiment: string;
  readonly open: OpenExperiment;
}

/** The experiments of a folder, each opened once somebody asks for it. */
class Shelf {
  readonly #open = new Map<string, Promise<OpenExperiment>>();

  constructor(readonly root: string) {}

  /** @throws Refusal 404 when there is no experiment of that name in the folder */
  async find(name: string): Promise<Found> {
    if (name !== '' && !(await experimentsIn(this.root)).includes(name)) throw notFound();
    const folder = path.join(this.root, name);
    const opening = this.#open.get(name) ?? OpenExperiment.open(folder);
    this.#open.set(name, opening);
    const open = await opening;
    await open.look();
    return { open, watched: open.watched, experiment: folder };
  }

  async close(): Promise<void> {
    for (const opening of this.#open.values()) (await opening).close();
  }
}

/** Names of the experiments directly in a folder. */
async function experimentsIn(root: string): Promise<string[]> {
  const names = await readdir(root).catch((): string[] => []);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => ((await isExperiment(path.join(root, name))) ? name : undefined)),
  );
  return found.flatMap((name) => name ?? []).sort();
}

async function noExperiment(folder: string): Promise<EsrganError> {
  const stats = await stat(folder).catch(() => undefined);
  const what = stats?.isDirectory() ? `there is no experiment in ${folder}` : `there is no folder ${folder}`;
  return new EsrganError('NO_EXPERIMENT', what, {
    place: { file: folder },
    remedy: 'Name the folder of an experiment, e.g. experiments/NAME, or the folder that holds several.',
  });
}
