import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Whether a link to a folder leads back into a folder that its own path comes through: following it never ends. */
export async function leadsBack(link: string): Promise<boolean> {
  const target = await realpath(link);
  for (let folder = path.dirname(link); ; folder = path.dirname(folder)) {
    const real = await realpath(folder);
    if (real === target || real.startsWith(target + path.sep)) return true;
    if (folder === path.dirname(folder)) return false;
  }
}
