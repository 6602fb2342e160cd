import { readFile } from 'node:fs/promises';
import protobuf from 'protobufjs/minimal.js';
import { EsrganError } from '../../errors.js';

/** What an `.onnx` file says of itself. */
export interface OnnxSummary {
  readonly name: string;
  readonly producer: string;
  /** Version of the standard's own operations. */
  readonly opset?: number;
  /** How often each operation occurs. */
  readonly operations: Readonly<Record<string, number>>;
  /** Shapes of the weights by their names. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Draft {
  name: string;
  producer: string;
  opset?: number;
  readonly operations: Record<string, number>;
  readonly weights: Record<string, number[]>;
  readonly metadata: Record<string, string>;
}

type Fields = Readonly<Record<number, (reader: protobuf.Reader) => void>>;

/** Reads the fields of a message that matter and passes over the others. */
function message(reader: protobuf.Reader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const read = fields[tag >>> 3];
    if (read) read(reader);
    else reader.skipType(tag & 7);
  }
}

const nested = (reader: protobuf.Reader, fields: Fields): void =>
  message(reader, reader.uint32() + reader.pos, fields);

/**
 * Reads an `.onnx` file as far as it describes itself; its numbers are passed over.
 * @throws EsrganError `ONNX_FORMAT`
 */
export async function summariseOnnx(file: string): Promise<OnnxSummary> {
  const bytes = await readFile(file);
  const draft: Draft = { name: '', producer: '', operations: {}, weights: {}, metadata: {} };
  try {
    model(protobuf.Reader.create(bytes), bytes.length, draft);
  } catch (cause) {
    throw notOnnx(file, cause);
  }
  if (Object.keys(draft.operations).length === 0) throw notOnnx(file);
  return draft;
}

// Numbers of fields are those of onnx.proto3.
function model(reader: protobuf.Reader, end: number, draft: Draft): void {
  message(reader, end, {
    2: (r) => {
      draft.producer = r.string();
    },
    7: (r) => nested(r, graph(draft)),
    8: (r) => {
      let [domain, version] = ['', 0];
      nested(r, {
        1: (inner) => {
          domain = inner.string();
        },
        2: (inner) => {
          version = Number(inner.int64());
        },
      });
      if (domain === '') draft.opset = version;
    },
    14: (r) => {
      let [key, value] = ['', ''];
      nested(r, {
        1: (inner) => {
          key = inner.string();
        },
        2: (inner) => {
          value = inner.string();
        },
      });
      draft.metadata[key] = value;
    },
  });
}

const graph = (draft: Draft): Fields => ({
  1: (r) =>
    nested(r, {
      4: (node) => {
        const operation = node.string();
        draft.operations[operation] = (draft.operations[operation] ?? 0) + 1;
      },
    }),
  2: (r) => {
    draft.name = r.string();
  },
  5: (r) => {
    let name = '';
    const shape: number[] = [];
    nested(r, {
      1: (tensor) => shape.push(...dims(tensor)),
      8: (tensor) => {
        name = tensor.string();
      },
    });
    draft.weights[name] = shape;
  },
});

/** A repeated integer stands there one by one, or packed into a length and its values. */
function dims(reader: protobuf.Reader): number[] {
  // The wire type was in the tag just read, one byte before.
  if ((reader.buf[reader.pos - 1]! & 7) !== 2) return [Number(reader.int64())];
  const end = reader.uint32() + reader.pos;
  const values: number[] = [];
  while (reader.pos < end) values.push(Number(reader.int64()));
  return values;
}

function notOnnx(file: string, cause?: unknown): EsrganError {
  return new EsrganError('ONNX_FORMAT', `${file} is not a sound ONNX file`, {
    place: { file },
    remedy: 'Fetch or export the file again; it may be cut short or of another format.',
    cause,
  });
}
