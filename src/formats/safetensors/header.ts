import { EsrganError } from '../../errors.js';
import { type DType, isDType, widths } from './dtypes.js';

/** A tensor's place in the file: bytes [begin, end) after the header. */
export interface TensorEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Larger headers are refused before they are read, as the format's reference implementation does. */
const MAX_HEADER = 100_000_000;

type Fail = (problem: string) => never;

function failure(file: string): Fail {
  return (problem) => {
    throw new EsrganError('SAFETENSORS_FORMAT', `${file} is not a sound safetensors file: ${problem}.`, {
      place: { file },
      remedy: 'Fetch or export the file again; it may be cut short or of another format.',
    });
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const areCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function entry(name: string, value: unknown, dataBytes: number, fail: Fail): TensorEntry {
  if (!isObject(value)) return fail(`${name} is not described`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDType(dtype)) return fail(`${name} has the unknown type ${JSON.stringify(dtype)}`);
  if (!areCounts(shape)) return fail(`${name} has no shape`);
  if (!areCounts(offsets) || offsets.length !== 2) return fail(`${name} has no place in the file`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes) return fail(`${name} lies outside of the file`);
  const bytes = shape.reduce((a, b) => a * b, widths[dtype]);
  if (bytes !== end - begin) return fail(`${name} takes ${end - begin} bytes where its shape needs ${bytes}`);
  return { dtype, shape, begin, end };
}

function metadata(value: unknown, fail: Fail): Record<string, string> {
  if (value === undefined) return {};
  const texts = isObject(value) && Object.values(value).every((text) => typeof text === 'string');
  return texts ? (value as Record<string, string>) : fail('its metadata is not a list of texts');
}

function json(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : fail('its header is not an object');
  } catch (error) {
    if (error instanceof EsrganError) throw error;
    return fail('its header is not JSON');
  }
}

/** Tensors must fill the data without gaps and without sharing bytes: nothing may hide in a weights file. */
function checkCover(tensors: Iterable<TensorEntry>, dataBytes: number, fail: Fail): void {
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin !== end) fail('its tensors overlap or leave gaps');
    end = tensor.end;
  }
  if (end !== dataBytes) fail(`${dataBytes - end} bytes belong to no tensor`);
}

/** Reads and checks the header. `data` is where the tensors' bytes begin. */
export function parseHeader(bytes: Uint8Array, file: string): Header & { readonly data: number } {
  const fail = failure(file);
  if (bytes.length < 8) return fail('it is shorter than 8 bytes');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER) return fail(`its header claims ${length} bytes`);
  if (length > bytes.length - 8) return fail('it ends within its header');
  const data = 8 + length;
  const { __metadata__, ...entries } = json(bytes.subarray(8, data), fail);
  const tensors = new Map(
    Object.entries(entries).map(([name, value]) => [name, entry(name, value, bytes.length - data, fail)]),
  );
  checkCover(tensors.values(), bytes.length - data, fail);
  return { tensors, metadata: metadata(__metadata__, fail), data };
}
