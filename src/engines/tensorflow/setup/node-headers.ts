import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { EsrganError } from '../../../errors.js';
import { command } from './command.js';

/**
 * The folder with node_api.h of this Node. Any version of Node will do: the interface it declares is stable.
 *
 * @throws EsrganError `NODE_HEADERS`
 */
export async function nodeHeaders(): Promise<string> {
  const { stdout } = await command('npm', ['config', 'get', 'nodedir'], { seconds: 30 });
  const nodedir = stdout.trim();
  const version = process.versions.node;
  const caches = [
    path.join(homedir(), '.cache', 'node-gyp', version),
    path.join(homedir(), 'Library', 'Caches', 'node-gyp', version),
  ];
  const prefixes = [
    path.resolve(process.execPath, '..', '..'),
    ...(path.isAbsolute(nodedir) ? [nodedir] : []),
    ...caches,
    '/usr',
    '/usr/local',
  ];
  const folders = [
    ...prefixes.map((prefix) => path.join(prefix, 'include', 'node')),
    '/usr/include/nodejs/src',
  ];
  const found = folders.find((folder) => existsSync(path.join(folder, 'node_api.h')));
  if (found) return found;
  throw new EsrganError('NODE_HEADERS', `Node's own headers (node_api.h) are not on this machine.`, {
    remedy: `Run \`npx --yes node-gyp install\`, which fetches them, or \`apt-get install libnode-dev\`; looked in ${folders.join(', ')}.`,
  });
}
