import { EsrganError } from '../../errors.js';
import { type FileLike, filePart } from '../../images/file-like.js';
import { HEADER_BYTES } from '../../images/header-input.js';
import { type Header, probe, probeFile, type Unusable } from '../../images/probe.js';
import type { Origin } from '../../plan/types.js';
import { isRemote, nameOf, type Reader } from '../../remote/index.js';
import { readerFor } from './access.js';
import type { SourceOptions } from './options.js';

export interface Looked {
  readonly header: Header | Unusable;
  /** With what is known of it now. */
  readonly origin?: Origin;
}

export const failed = (reason: string): Unusable => ({ ok: false, outcome: 'failed', reason });

/**
 * Reads the header of a picture, wherever it lies.
 *
 * @throws EsrganError when no other picture could be read either; what `signal` is aborted with
 */
export async function lookAt(
  path: string,
  origin: Origin | undefined,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<Looked> {
  if (!origin) return { header: await probe(path, options) };
  try {
    if (isRemote(origin.uri)) return await lookFar(path, origin, options, signal);
    const part = { uri: origin.uri, offset: origin.offset ?? 0, bytes: origin.bytes ?? 0 };
    return { header: await probeFile(filePart(path, part), options), origin };
  } catch (error) {
    if (signal.aborted || error instanceof EsrganError) throw error;
    return { header: failed((error as Error).message), origin };
  }
}

async function lookFar(
  path: string,
  origin: Origin,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<Looked> {
  const reader = readerFor(options);
  const length = Math.min(HEADER_BYTES, origin.bytes ?? HEADER_BYTES);
  const first = { offset: origin.offset ?? 0, length };
  if (length === 0) return { header: failed('an empty file'), origin };
  const { bytes: head, total, version, type } = await reader.part(origin.uri, first, signal);
  const wanted = { ...origin, bytes: origin.bytes ?? total, version };
  const known = wanted.bytes === undefined ? await wholeOf(reader, wanted, signal) : wanted;
  const header = await probeFile(farFile(path, known, head, reader, signal), options);
  const other = origin.offset === undefined && !header.ok && isNoImage(type);
  return { header: other ? failed(`the server sent ${type} in place of an image`) : header, origin: known };
}

/** Where the server does not say how large it is, it has to be read for it. */
async function wholeOf(reader: Reader, origin: Origin, signal: AbortSignal) {
  const { length } = await reader.bytes(origin, signal);
  return { ...origin, bytes: length };
}

/** A page that is shown in place of a picture: an error, a form to log in. */
const isNoImage = (type: string | undefined): type is string =>
  type !== undefined && /^(text|application)\/(html|xhtml|json|xml|plain)/.test(type);

function farFile(
  path: string,
  origin: Origin & { readonly bytes?: number },
  head: Uint8Array,
  reader: Reader,
  signal: AbortSignal,
): FileLike {
  const { uri, offset = 0, bytes = 0 } = origin;
  const read = async (from: number, wanted: number): Promise<Buffer> => {
    const length = Math.max(0, Math.min(wanted, bytes - from));
    if (from + length <= head.length) return bufferOf(head.subarray(from, from + length));
    if (from === 0 && length === bytes) return bufferOf(await reader.bytes(origin, signal));
    return bufferOf((await reader.part(uri, { offset: offset + from, length }, signal)).bytes);
  };
  return { name: nameOf(path), bytes, read };
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
