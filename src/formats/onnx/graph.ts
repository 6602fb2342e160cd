import { EsrganError } from '../../errors.js';
import type { FloatTensor } from '../safetensors/index.js';
import type { OnnxAttribute, OnnxInitializer, OnnxNode } from './model.js';

const ints = (...values: number[]): OnnxAttribute => ({ ints: values });
const text = (string: string): OnnxAttribute => ({ string });

/** Puts a network of convolutions together, operation by operation; values go by their names. */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #weights: ReadonlyMap<string, FloatTensor>;
  readonly #used = new Set<string>();

  constructor(weights: ReadonlyMap<string, FloatTensor>) {
    this.#weights = weights;
  }

  /** Weights that no operation has asked for. */
  unused(): string[] {
    return [...this.#weights.keys()].filter((key) => !this.#used.has(key));
  }

  /** A weight, as it is in the file. */
  take(key: string): FloatTensor {
    const tensor = this.#weights.get(key);
    if (!tensor)
      throw new EsrganError('ONNX_WEIGHTS', `the weights lack ${key}`, {
        remedy: 'Export a whole network; this one may have been saved with strict: false.',
      });
    this.#used.add(key);
    return tensor;
  }

  /** Weights that the network stores and does not need. */
  leave(...keys: string[]): void {
    for (const key of keys) this.#used.add(key);
  }

  /** A weight, or what `change` makes of it. */
  weight(key: string, change: (tensor: FloatTensor) => FloatTensor = (tensor) => tensor): string {
    return this.#constant(key, change(this.take(key)));
  }

  /** A convolution as large as its input. `change` may reorder its weight. */
  conv(x: string, name: string, change?: (tensor: FloatTensor) => FloatTensor): string {
    return this.#conv(x, name, [this.weight(`${name}.weight`, change), this.weight(`${name}.bias`)]);
  }

  /** The same with weights that are in no file. */
  convOf(x: string, name: string, weight: FloatTensor, bias: FloatTensor): string {
    const named = [this.#constant(`${name}.weight`, weight), this.#constant(`${name}.bias`, bias)];
    return this.#conv(x, name, named);
  }

  #conv(x: string, name: string, weights: readonly string[]): string {
    const [, , height, width] = this.initializers.find((known) => known.name === weights[0])!.shape;
    const pads = [height!, width!, height!, width!].map((size) => (size - 1) / 2);
    const attributes = { kernel_shape: ints(height!, width!), pads: ints(...pads) };
    return this.#node('Conv', name, [x, ...weights], attributes);
  }

  leakyRelu = (x: string, alpha: number): string =>
    this.#node('LeakyRelu', `${x}/act`, [x], { alpha: { float: alpha } });

  relu = (x: string): string => this.#node('Relu', `${x}/act`, [x]);

  /** One slope a channel. */
  prelu(x: string, key: string): string {
    const slopes = this.weight(key, ({ data }) => ({ shape: [data.length, 1, 1], data }));
    return this.#node('PRelu', `${x}/act`, [x, slopes]);
  }

  sigmoid = (x: string): string => this.#node('Sigmoid', `${x}/sigmoid`, [x]);

  multiply = (a: string, b: string): string => this.#node('Mul', `${b}/product`, [a, b]);

  /** Less a number, or one for each channel. */
  less(x: string, values: readonly number[]): string {
    const constant = { shape: [values.length, 1, 1], data: new Float32Array(values) };
    return this.#node('Sub', `${x}/less`, [x, this.#constant(`less_${values.join('_')}`, constant)]);
  }

  add = (a: string, b: string): string => this.#node('Add', `${b}/sum`, [a, b]);

  concat = (parts: readonly string[]): string =>
    this.#node('Concat', `${parts[parts.length - 1]}/all`, parts, { axis: { int: 1 } });

  scaled(x: string, factor: number): string {
    const constant = { shape: [], data: new Float32Array([factor]) };
    return this.#node('Mul', `${x}/scaled`, [x, this.#constant(`factor_${factor}`, constant)]);
  }

  /** Channels into pixels, in the order of torch's pixel_shuffle. */
  pixelShuffle = (x: string, factor: number): string =>
    this.#node('DepthToSpace', `${x}/shuffled`, [x], { blocksize: { int: factor }, mode: text('CRD') });

  /** Pixels into channels, the position within the square before the colour: not the order of torch. */
  spaceToDepth = (x: string, factor: number): string =>
    this.#node('SpaceToDepth', `${x}/folded`, [x], { blocksize: { int: factor } });

  nearest = (x: string, factor: number): string =>
    this.#resize(x, factor, {
      mode: text('nearest'),
      coordinate_transformation_mode: text('asymmetric'),
      nearest_mode: text('floor'),
    });

  /** torch's bilinear interpolation with align_corners=False. */
  bilinear = (x: string, factor: number): string =>
    this.#resize(x, factor, { mode: text('linear'), coordinate_transformation_mode: text('half_pixel') });

  /** Gives a value another name, that of an output. */
  output(x: string, name: string): void {
    this.nodes.push({ op: 'Identity', name, inputs: [x], outputs: [name] });
  }

  #resize(x: string, factor: number, attributes: OnnxNode['attributes']): string {
    const scales = { shape: [4], data: new Float32Array([1, 1, factor, factor]) };
    return this.#node(
      'Resize',
      `${x}/x${factor}`,
      [x, '', this.#constant(`scales_${factor}`, scales)],
      attributes,
    );
  }

  #constant(name: string, { shape, data }: FloatTensor): string {
    if (!this.initializers.some((known) => known.name === name))
      this.initializers.push({ name, type: 'float32', shape, data });
    return name;
  }

  #node(op: string, name: string, inputs: readonly string[], attributes?: OnnxNode['attributes']): string {
    this.nodes.push({ op, name, inputs: [...inputs], outputs: [name], attributes });
    return name;
  }
}
