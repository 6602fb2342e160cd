import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { isTemporaryName, writeFileAtomic } from '../../formats/atomic.js';

/** Remembers in the output folder with what settings it was made; hidden, so that no script lists it. */
const MARK = '.esrgan-stream.json';

/** Clears away what a killed run left half written. */
export function clearLeftovers(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (isTemporaryName(entry)) rmSync(path.join(folder, entry), { force: true });
}

/**
 * Makes the output folder, or takes up an existing one. `settings` is whatever decides about names and pixels. With
 * `shared`, others write to it at this moment: what looks like leftovers is theirs.
 *
 * @throws EsrganError `WRITE_SETTINGS` when the folder was begun with other settings.
 */
export async function openFolder(folder: string, settings: unknown, shared = false): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (!shared) clearLeftovers(folder);
  const mark = path.join(folder, MARK);
  const text = JSON.stringify(settings);
  const hash = createHash('sha256').update(text).digest('hex');
  if (!existsSync(mark)) return writeFileAtomic(mark, `${JSON.stringify({ hash, settings })}\n`);
  const earlier = JSON.parse(readFileSync(mark, 'utf8')) as { hash: string; settings: unknown };
  if (earlier.hash === hash) return;
  const changes = differences(flat(earlier.settings), flat(JSON.parse(text))).join(', ');
  throw new EsrganError('WRITE_SETTINGS', `${folder} was begun with other settings: ${changes}`, {
    place: { file: mark },
    remedy: 'Name another folder, or delete this one.',
  });
}

function differences(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((key) => before.get(key) !== now.get(key))
    .map((key) => `${key} was ${before.get(key) ?? 'absent'} and is ${now.get(key) ?? 'absent'} now`);
}

/** Settings by dotted names, e.g. `crop.step`. */
function flat(value: unknown, name = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[name, JSON.stringify(value)]]);
  const inner = Object.entries(value).flatMap(([key, entry]) => [
    ...flat(entry, name === '' ? key : `${name}.${key}`),
  ]);
  return new Map(inner);
}
