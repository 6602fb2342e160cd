import { mkdir, readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { visible } from '../display/escape.js';
import { plural } from '../display/format.js';
import { mustBeFolder, withoutCommas } from '../folders.js';
import { type Io, print } from '../io.js';

export interface MetaInfoFlags {
  readonly input: readonly string[];
  readonly root?: readonly string[];
  readonly meta_info: string;
  readonly check?: boolean;
}

interface Entry {
  readonly file: string;
  readonly line: string;
}

/** What generate_meta_info does: one line a file, relative to its root, sorted by code point. */
export async function generateMetaInfo(flags: MetaInfoFlags, io: Io): Promise<number> {
  const entries = (await Promise.all(pairs(flags).map(([input, root]) => list(input, root)))).flat();
  const limit = pLimit(availableParallelism());
  const reasons = await Promise.all(entries.map((entry) => limit(() => flaw(entry, flags.check === true))));
  const kept = entries.filter((_, i) => reasons[i] === undefined);
  await mkdir(path.dirname(path.resolve(flags.meta_info)), { recursive: true });
  await writeFileAtomic(flags.meta_info, kept.map(({ line }) => `${line}\n`).join(''));
  const leftOut = entries.flatMap(({ file }, i) =>
    reasons[i] === undefined ? [] : [`  left out  ${visible(file)}: ${visible(reasons[i])}`],
  );
  print(io.stdout, [
    `${visible(flags.meta_info)}: ${plural(kept.length, 'line')}, ${plural(leftOut.length, 'file')} left out`,
    ...leftOut,
  ]);
  return 0;
}

function pairs(flags: MetaInfoFlags): [string, string][] {
  const inputs = withoutCommas(flags.input);
  const roots = flags.root
    ? withoutCommas(flags.root)
    : inputs.map((input) => path.dirname(path.resolve(input)));
  if (inputs.length !== roots.length)
    throw new EsrganError('META_INFO_ROOTS', `${inputs.length} input folders, but ${roots.length} roots`, {
      place: { file: '--root' },
      remedy: 'Give one root for each input folder, in the same order, or leave --root out.',
    });
  for (const input of inputs) mustBeFolder(input, '--input');
  for (const root of roots) mustBeFolder(root, '--root');
  return inputs.map((input, i) => [input, roots[i]]);
}

async function list(input: string, root: string): Promise<Entry[]> {
  const names = (await readdir(input)).filter((name) => !name.startsWith('.'));
  return names.sort(byCodePoint).map((name) => {
    const file = path.join(input, name);
    return { file, line: path.relative(root, file).split(path.sep).join('/') };
  });
}

/** UTF-8 bytes sort as code points do; JavaScript's own order is that of UTF-16 units. */
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Why a file is left out, if it is. */
async function flaw({ file, line }: Entry, decode: boolean): Promise<string | undefined> {
  if (/[\r\n]/.test(line)) return 'its name holds a line break, and meta_info has one name a line';
  const stats = await stat(file).catch(() => undefined);
  if (!stats) return 'missing: a link whose target is gone';
  if (!stats.isFile()) return stats.isDirectory() ? 'a folder, not a file' : 'not a regular file';
  return decode ? decodingFlaw(file) : undefined;
}

async function decodingFlaw(file: string): Promise<string | undefined> {
  const [{ probe }, { readPixels }] = await Promise.all([
    import('../../images/probe.js'),
    import('../../images/read.js'),
  ]);
  const header = await probe(file);
  if (!header.ok) return header.reason;
  const { width, height, format, channels, notes } = header;
  try {
    await readPixels({ id: file, path: file, width, height, format, channels, notes });
    return undefined;
  } catch (error) {
    if (!(error instanceof EsrganError)) throw error;
    return error.message.replace(`${file}: `, '');
  }
}
