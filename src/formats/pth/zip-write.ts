export interface ZipRecord {
  readonly name: string;
  readonly data: Uint8Array;
  readonly crc: number;
}

/** torch aligns values so, to map them into memory. */
const ALIGN = 64;

/**
 * A zip archive of records as they are, piece by piece. Sizes of 4 GB and more would need zip64; networks are
 * far from it.
 */
export function* zipPieces(records: readonly ZipRecord[]): Generator<Uint8Array> {
  const entries: Buffer[] = [];
  let at = 0;
  for (const record of records) {
    const name = Buffer.from(record.name);
    const begin = at + 30 + name.length + 4;
    const padding = (ALIGN - (begin % ALIGN)) % ALIGN;
    const header = Buffer.alloc(30 + name.length + 4 + padding);
    header.writeUInt32LE(0x04034b50, 0);
    common(record, name).copy(header, 4);
    header.writeUInt16LE(4 + padding, 28);
    name.copy(header, 30);
    // An extra field of a kind that no reader knows, as torch does it.
    header.write('FB', 30 + name.length, 'latin1');
    header.writeUInt16LE(padding, 32 + name.length);

    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    common(record, name).copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    name.copy(entry, 46);
    entries.push(entry);

    yield header;
    if (record.data.length > 0) yield record.data;
    at += header.length + record.data.length;
    if (at > 0xffffffff) throw new RangeError('a zip archive of more than 4 GB is not supported');
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(records.length, 8);
  end.writeUInt16LE(records.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  yield Buffer.concat([directory, end]);
}

/** What a record's header and its entry of the directory have in common: version to the length of the name. */
function common({ data, crc }: ZipRecord, name: Uint8Array): Buffer {
  const fields = Buffer.alloc(24);
  // Names are UTF-8; no date, so that equal weights make equal files.
  fields.writeUInt16LE(0x0800, 2);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
