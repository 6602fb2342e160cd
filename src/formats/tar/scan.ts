import { BLOCK, padded, parseHeader, parsePax, text } from './header.js';
import { staysInside } from './read.js';

/** A file in a tar, without its bytes. */
export interface Place {
  /** As the tar has it, without a leading `./`. */
  readonly name: string;
  /** Where its bytes begin in the tar. */
  readonly offset: number;
  readonly bytes: number;
  /** Why it is not to be read, if so: a name that leads out of its folder, a link, a sparse file ... */
  readonly refused?: string;
}

/** Reads a part of the tar; fewer bytes only where it ends. */
export type ReadPart = (offset: number, length: number) => Promise<Uint8Array>;

/** What keeps a tar from being read on; the members before it are good. */
export class TarDamage extends Error {
  override readonly name = 'TarDamage';
}

/** Names and remarks that a header may carry; honest ones are far smaller. */
const MOST_HEADER = 64 * 2 ** 10;

const compressed: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** How a file is compressed, by its first bytes; its parts cannot be read where they lie. */
export const compressionOf = (head: Uint8Array): string | undefined =>
  compressed.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0];

const refusals: Readonly<Record<string, string>> = {
  1: 'a link within the tar, not a file',
  2: 'a link, not a file',
  3: 'a device, not a file',
  4: 'a device, not a file',
  6: 'a pipe, not a file',
  S: 'a sparse file, which is not read',
};

/** What headers in front of a member say about it: records of POSIX, long names of GNU. */
interface Ahead {
  readonly name?: string;
  readonly bytes?: number;
  readonly sparse?: boolean;
}

/**
 * Finds the files of a tar (ustar, POSIX, GNU) by their headers alone; folders are passed over.
 *
 * @throws TarDamage when a header is damaged or the tar ends too early
 */
export async function* scanTar(read: ReadPart): AsyncGenerator<Place, void, void> {
  const block = async (at: number, length: number): Promise<Uint8Array> => {
    const bytes = await read(at, length);
    if (bytes.length === length) return bytes;
    throw new TarDamage('it ends too early: the tar is cut off');
  };
  let ahead: Ahead = {};
  for (let at = 0; ; ) {
    const head = await block(at, BLOCK);
    if (head.every((byte) => byte === 0)) return;
    const header = parseHeader(head);
    if (!header) throw new TarDamage(at === 0 ? 'not a tar' : 'a header of the tar has a wrong checksum');
    const { type } = header;
    const bytes = type === 'L' || type === 'x' || type === 'g' ? header.size : (ahead.bytes ?? header.size);
    if (!(bytes >= 0)) throw new TarDamage('a header of the tar states no size');
    let offset = at + BLOCK;
    // The map of a sparse file of GNU may go on in blocks of its own.
    for (let more = type === 'S' && head[482] !== 0; more; offset += BLOCK)
      more = (await block(offset, BLOCK))[504] !== 0;
    at = offset + padded(bytes);
    if (type === 'g' || type === 'K') continue;
    if (type === 'x' || type === 'L') {
      if (bytes > MOST_HEADER)
        throw new TarDamage(`a header of ${bytes} bytes is larger than ${MOST_HEADER}`);
      const data = await block(offset, bytes);
      ahead = type === 'L' ? { ...ahead, name: text(data, 0, bytes) } : { ...ahead, ...recordsOf(data) };
      continue;
    }
    const name = (ahead.name ?? header.name).replace(/^(\.\/+)+/, '');
    const sparse = ahead.sparse === true;
    ahead = {};
    if (type === '5' || name === '' || name === '.') continue;
    const kind = sparse ? 'S' : type;
    const plain = kind === '0' || kind === '7';
    // A folder, as tars from before 1988 write it.
    if (plain && name.endsWith('/')) continue;
    const refused = staysInside(name)
      ? plain
        ? undefined
        : (refusals[kind] ?? `of the unknown type ${JSON.stringify(kind)}`)
      : 'its name leads out of its folder';
    yield { name, offset, bytes, ...(refused !== undefined && { refused }) };
  }
}

function recordsOf(data: Uint8Array): Ahead {
  const records = parsePax(data);
  const bytes = records?.get('size');
  if (!records || (bytes !== undefined && !/^\d{1,15}$/.test(bytes)))
    throw new TarDamage('a POSIX header of the tar is damaged');
  const name = records.get('GNU.sparse.name') ?? records.get('path');
  return {
    ...(name !== undefined && { name }),
    ...(bytes !== undefined && { bytes: Number(bytes) }),
    sparse: [...records.keys()].some((key) => key.startsWith('GNU.sparse.')),
  };
}
