import { createReadStream } from 'node:fs';
import { EsrganError } from '../../errors.js';
import { BLOCK, padded, parseHeader, parsePax, text } from './header.js';

export interface TarMember {
  /** Relative, with forward slashes; never leads out of the folder it would be put into. */
  readonly name: string;
  readonly data: Uint8Array;
}

export interface ReadTarOptions {
  /** Most bytes of a member; a larger one is refused before memory is taken for it. Default 1 GiB. */
  readonly maxMember?: number;
}

/** Names and remarks that a header may carry; honest ones are far smaller. */
const MOST_HEADER = 64 * 2 ** 10;

/**
 * The files of a tar (ustar, POSIX or GNU long names), one after the other; folders are passed over. At most one
 * member is in memory.
 *
 * @throws EsrganError `TAR` naming the file, when it is damaged or cut off, when a name leads out of its folder, for
 * links and devices, and for headers or members beyond their limits.
 */
export async function* readTar(
  file: string,
  { maxMember = 2 ** 30 }: ReadTarOptions = {},
): AsyncGenerator<TarMember, void, void> {
  const bytes = new Reader(file);
  try {
    yield* membersOf(bytes, maxMember);
  } finally {
    await bytes.close();
  }
}

async function* membersOf(bytes: Reader, maxMember: number): AsyncGenerator<TarMember, void, void> {
  let longName: string | undefined;
  for (
    let block = await bytes.take(BLOCK);
    !block.every((byte) => byte === 0);
    block = await bytes.take(BLOCK)
  ) {
    const header = parseHeader(block);
    if (!header) throw bytes.bad('a header has a wrong checksum');
    const { type, size } = header;
    if (type === 'x' || type === 'g' || type === 'L') {
      if (!(size <= MOST_HEADER)) throw bytes.bad(`a header of ${size} bytes is larger than ${MOST_HEADER}`);
      const data = await bytes.body(size);
      if (type === 'L') longName = text(data, 0, data.length);
      const records = type === 'x' ? parsePax(data) : new Map<string, string>();
      if (!records || records.has('size')) throw bytes.bad('a POSIX header is damaged, or promises too much');
      longName = records.get('path') ?? longName;
      continue;
    }
    const name = longName ?? header.name;
    longName = undefined;
    if (!staysInside(name)) throw bytes.bad(`the name ${JSON.stringify(name)} leads out of its folder`);
    if (type === '5') continue;
    if (type !== '0' && type !== '7')
      throw bytes.bad(`${JSON.stringify(name)} is not a file but a link or device`);
    if (!(size <= maxMember))
      throw bytes.bad(`${JSON.stringify(name)} has ${size} bytes, more than ${maxMember}`);
    yield { name, data: await bytes.body(size) };
  }
}

/** Whether a path, put below a folder, stays below it on every system. */
export function staysInside(name: string): boolean {
  const steps = name.split(/[\\/]/);
  return name !== '' && !/^([\\/]|[a-z]:)|[\0\r\n]/i.test(name) && !steps.includes('..');
}

class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(readonly file: string) {
    this.#chunks = createReadStream(file, { highWaterMark: 2 ** 20 })[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  bad(what: string): EsrganError {
    return new EsrganError('TAR', `${this.file}: ${what}`, {
      place: { file: this.file },
      remedy: 'Make or copy the tar again; only tars of plain files with relative names are read.',
    });
  }

  async body(size: number): Promise<Uint8Array> {
    return (await this.take(padded(size))).subarray(0, size);
  }

  async take(count: number): Promise<Uint8Array> {
    const pieces = [this.#held];
    let size = this.#held.length;
    while (size < count) {
      const { value, done } = await this.#chunks.next();
      if (done) throw this.bad('it ends too early');
      pieces.push(value);
      size += value.length;
    }
    const all = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }
}
