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

/** Numbers side by side that are better copied one row after the other than one by one. */
const LONG = 16;

/** Whether only axes of length one change places. */
function isIdentity(perm: readonly number[], shape: Shape): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}

const product = (sizes: Shape): number => sizes.reduce((a, b) => a * b, 1);

/** For axes of an array, places along them. */
export type Taken = Readonly<Record<number, readonly number[]>>;

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Collects the nodes of an ONNX graph; the same operation on the same inputs is written only once. */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #names = new Map<string, string>();
  readonly #orders = new Map<string, string>();
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

  /** The second output of an operation that has two. */
  second(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const key = `second ${type} ${inputs.join()} ${JSON.stringify(attributes)}`;
    return this.#once(key, (name) => {
      this.nodes.push({ op: type, inputs, outputs: [`${name}first`, name], attributes });
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

  /**
   * Rows of a matrix, in the order that `places` lists.
   * @param name of that order, so that no list has to be made twice
   */
  rows(matrix: string, name: string, places: () => readonly number[]): string {
    const indices = this.#orders.get(name) ?? this.ints(places());
    this.#orders.set(name, indices);
    return this.op('Gather', [matrix, indices], { axis: { int: 0 } });
  }

  /**
   * An array of that shape with its axes in another order. Where long rows stay together they are gathered, which onnxruntime,
   * unlike transposing, lets several threads do.
   * @param taken for axes of the array, what is taken of them, and in which order, where that is not all
   */
  permute(name: string, shape: Shape, perm: readonly number[], taken: Taken = {}): string {
    const along = shape.map((size, axis) => taken[axis] ?? range(size));
    const to = perm.map((axis) => along[axis]!.length);
    if (Object.keys(taken).length === 0 && isIdentity(perm, shape)) return this.reshape(name, to);
    let kept = shape.length;
    while (kept > 0 && perm[kept - 1] === kept - 1 && !taken[kept - 1]) kept--;
    const [outer, row] = [product(shape.slice(0, kept)), product(shape.slice(kept))];
    if (row < LONG) {
      const cut = Object.entries(taken).reduce(
        (array, [axis, places]) => this.#take(array, places, +axis),
        name,
      );
      return this.transpose(cut, perm);
    }
    const places = (): number[] =>
      perm.slice(0, kept).reduce<number[]>(
        (list, axis) => {
          const stride = product(shape.slice(axis + 1, kept));
          return list.flatMap((place) => along[axis]!.map((step) => place + step * stride));
        },
        [0],
      );
    const key = `${shape.slice(0, kept)} by ${perm} of ${JSON.stringify(taken)}`;
    return this.reshape(this.rows(this.reshape(name, [outer, row]), key, places), to);
  }

  #take(name: string, places: readonly number[], axis: number): string {
    return this.op('Gather', [name, this.ints(places)], { axis: { int: axis } });
  }

  /**
   * [..., rows, columns] -> [..., columns, rows], for the processor only: by multiplication with an identity matrix, which
   * takes a fraction of the time that onnxruntime needs for transposing.
   */
  turn(name: string, rows: number, columns: number): string {
    const size = Math.min(rows, columns);
    const ones = Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
    const identity = this.floats(ones, [size, size]);
    return columns < rows
      ? this.op('FusedMatMul', [identity, name], { transB: { int: 1 } }, MICROSOFT)
      : this.op('FusedMatMul', [name, identity], { transA: { int: 1 } }, MICROSOFT);
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
