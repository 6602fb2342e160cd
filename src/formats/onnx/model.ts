import protobuf from 'protobufjs/minimal.js';
import { type OnnxType, onnxTypes } from './types.js';

type Writer = protobuf.Writer;

/** Values an operation is given beside its inputs. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

export interface OnnxNode {
  readonly op: string;
  /** Where the operation is defined; the standard's own without it. */
  readonly domain?: string;
  readonly name?: string;
  /** Names of values; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output of the graph. A dimension with a name may have any size. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** The values in row-major order, little-endian. */
  readonly data: ArrayBufferView;
}

export interface OnnxModel {
  /** In an order in which every node comes after those it needs. */
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers?: readonly OnnxInitializer[];
  /** Version of each domain's operations; '' is the standard's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly irVersion?: number;
  readonly name?: string;
  readonly producer?: { readonly name: string; readonly version: string };
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

// Numbers of fields are those of onnx.proto3; a field's tag is (number << 3) | wire type.
const bytesField = (field: number): number => (field << 3) | 2;
const varintField = (field: number): number => field << 3;
const floatField = (field: number): number => (field << 3) | 5;

function nested(w: Writer, field: number, write: (w: Writer) => void): void {
  w.uint32(bytesField(field)).fork();
  write(w);
  w.ldelim();
}

const text = (w: Writer, field: number, value: string): Writer => w.uint32(bytesField(field)).string(value);

const integer = (w: Writer, field: number, value: number): Writer =>
  w.uint32(varintField(field)).int64(value);

const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

function writeAttribute(w: Writer, name: string, value: OnnxAttribute): void {
  text(w, 1, name);
  if ('float' in value) w.uint32(floatField(2)).float(value.float);
  else if ('int' in value) integer(w, 3, value.int);
  else if ('string' in value) text(w, 4, value.string);
  else if ('floats' in value) for (const item of value.floats) w.uint32(floatField(7)).float(item);
  else for (const item of value.ints) integer(w, 8, item);
  const kind = Object.keys(value)[0] as keyof typeof attributeTypes;
  w.uint32(varintField(20)).int32(attributeTypes[kind]);
}

function writeNode(w: Writer, node: OnnxNode): void {
  for (const input of node.inputs) text(w, 1, input);
  for (const output of node.outputs) text(w, 2, output);
  if (node.name) text(w, 3, node.name);
  text(w, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    nested(w, 5, (inner) => writeAttribute(inner, name, value));
  if (node.domain) text(w, 7, node.domain);
}

function writeValue(w: Writer, { name, type, shape }: OnnxValue): void {
  text(w, 1, name);
  nested(w, 2, (typeProto) =>
    nested(typeProto, 1, (tensor) => {
      tensor.uint32(varintField(1)).int32(onnxTypes[type]);
      nested(tensor, 2, (dims) => {
        for (const size of shape)
          nested(dims, 1, (dim) => (typeof size === 'number' ? integer(dim, 1, size) : text(dim, 2, size)));
      });
    }),
  );
}

function writeInitializer(w: Writer, { name, type, shape, data }: OnnxInitializer): void {
  for (const size of shape) integer(w, 1, size);
  w.uint32(varintField(2)).int32(onnxTypes[type]);
  text(w, 8, name);
  w.uint32(bytesField(9)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeGraph(w: Writer, { nodes, name, initializers, inputs, outputs }: OnnxModel): void {
  for (const node of nodes) nested(w, 1, (inner) => writeNode(inner, node));
  text(w, 2, name ?? 'graph');
  for (const initializer of initializers ?? []) nested(w, 5, (inner) => writeInitializer(inner, initializer));
  for (const value of inputs) nested(w, 11, (inner) => writeValue(inner, value));
  for (const value of outputs) nested(w, 12, (inner) => writeValue(inner, value));
}

function entry(w: Writer, field: number, key: string, value: string): void {
  nested(w, field, (inner) => {
    text(inner, 1, key);
    text(inner, 2, value);
  });
}

/** The bytes of an .onnx file: a ModelProto of https://github.com/onnx/onnx (onnx.proto3), at most 2 GiB. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const w = protobuf.Writer.create();
  integer(w, 1, model.irVersion ?? 9);
  if (model.producer) {
    text(w, 2, model.producer.name);
    text(w, 3, model.producer.version);
  }
  if (model.description) text(w, 6, model.description);
  nested(w, 7, (graph) => writeGraph(graph, model));
  for (const [domain, version] of Object.entries(model.opsets))
    nested(w, 8, (opset) => {
      text(opset, 1, domain);
      integer(opset, 2, version);
    });
  for (const [key, value] of Object.entries(model.metadata ?? {})) entry(w, 14, key, value);
  return w.finish();
}
