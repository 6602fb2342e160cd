import type { OnnxAttribute, OnnxInitializer, OnnxNode } from '../../../formats/onnx/model.js';
import type { Dtype, Shape } from '../node.js';
import { Value } from './value.js';

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** What the machine a graph is written for can do. */
export interface Target {
  /** Channels side by side in onnxruntime's blocked kernels, where it has them. */
  readonly block: number | undefined;
  /** Whether the operations of the com.microsoft domain may be used. */
  readonly extensions: boolean;
}

export const MICROSOFT = 'com.microsoft';
export const NCHWC = 'com.microsoft.nchwc';

/** Collects the nodes of an ONNX graph; the same operation on the same inputs is written only once. */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #names = new Map<string, string>();
  readonly #known = new Map<string, string>();
  /** What arrays were before they got another shape. */
  readonly #reshaped = new Map<string, string>();

  constructor(readonly target: Target) {}

  /** Writes an operation and returns the name of its (first) output. */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    const key = `${domain} ${type} ${inputs.join()} ${JSON.stringify(attributes)}`;
    return this.#once(key, (name) => {
      this.nodes.push({ op: type, inputs, outputs: [name], attributes, domain });
    });
  }

  /** A list of int64, as shapes, axes and indices are given. */
  ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant('int64', [values.length], data);
  }

  /** A single number. */
  number(value: number, dtype: Dtype = 'float32'): string {
    const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
    return this.#constant(dtype, [], arrays[dtype].of(value));
  }

  floats(values: Float32Array, shape: Shape): string {
    return this.#constant('float32', shape, values);
  }

  reshape(name: string, shape: Shape): string {
    const source = this.#reshaped.get(name) ?? name;
    const result = this.op('Reshape', [source, this.ints(shape)], { allowzero: { int: 1 } });
    this.#reshaped.set(result, source);
    return result;
  }

  transpose(name: string, perm: readonly number[]): string {
    if (perm.every((axis, i) => axis === i)) return name;
    return this.op('Transpose', [name], { perm: { ints: perm } });
  }

  /** A name that is made only once; `key` tells what is made from all else. */
  known(key: string, make: () => string): string {
    const name = this.#known.get(key) ?? make();
    this.#known.set(key, name);
    return name;
  }

  concat(names: readonly string[], axis: number): string {
    return names.length === 1 ? names[0]! : this.op('Concat', names, { axis: { int: axis } });
  }

  plainValue(shape: Shape, dtype: Dtype, plain: string): Value {
    return new Value(shape, dtype, { plain });
  }

  #constant(type: OnnxInitializer['type'], shape: Shape, data: ArrayBufferView): string {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return this.#once(`${type}[${shape}]${bytes.toString('base64')}`, (name) => {
      this.initializers.push({ name, type, shape, data });
    });
  }

  #once(key: string, write: (name: string) => void): string {
    const known = this.#names.get(key);
    if (known) return known;
    const name = `v${this.#names.size}`;
    this.#names.set(key, name);
    write(name);
    return name;
  }
}
