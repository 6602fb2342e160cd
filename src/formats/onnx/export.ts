import { EsrganError } from '../../errors.js';
import type { FloatTensor } from '../safetensors/index.js';
import { msrresnet, rrdbnet, type Sizes, srvgg } from './generators.js';
import { Graph } from './graph.js';
import { encodeModel } from './model.js';
import { span } from './span.js';

const builders: Readonly<Record<string, (g: Graph, x: string, sizes: Sizes) => string>> = {
  RRDBNet: rrdbnet,
  SRVGGNetCompact: srvgg,
  MSRResNet: msrresnet,
  SPAN: span,
};

/** Which network the weights belong to, as `recognise` finds out or option files say. */
export interface ExportedNetwork {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly scale?: number;
}

export interface ExportOptions {
  /** Texts kept in the model, e.g. `iter`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX model (opset 17) of a generator. Input `input`: float32 NCHW, RGB in [0, 1], of any number,
 * height and width (with RRDBNet of scale 2 or 1: multiples of 2 or 4); output `output`: `scale` times as high and
 * wide, not clamped.
 * @throws EsrganError `ONNX_NETWORK` for another kind of network, `ONNX_WEIGHTS` when the weights do not fit it
 */
export function exportOnnx(
  { type, options, scale = 1 }: ExportedNetwork,
  weights: ReadonlyMap<string, FloatTensor>,
  { metadata = {} }: ExportOptions = {},
): Uint8Array {
  const build = builders[type];
  if (!build)
    throw new EsrganError('ONNX_NETWORK', `${type} cannot be exported to ONNX`, {
      remedy: `Generators can: ${Object.keys(builders).join(', ')}.`,
    });
  const sizes: Sizes = {
    scale,
    num_block: Number(options.num_block),
    num_conv: Number(options.num_conv),
    act_type: String(options.act_type),
    img_range: Number(options.img_range ?? 255),
    rgb_mean: meansOf(options.rgb_mean),
  };
  const graph = new Graph(weights);
  graph.output(build(graph, 'input', sizes), 'output');
  const unused = graph.unused();
  if (unused.length > 0)
    throw new EsrganError('ONNX_WEIGHTS', `${unused[0]} has no place in ${type}`, {
      remedy: 'Export the weights of one network alone.',
    });
  const channels = (value: string): number => Number(options[value] ?? 3);
  return encodeModel({
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [{ name: 'input', type: 'float32', shape: ['batch', channels('num_in_ch'), 'height', 'width'] }],
    outputs: [
      {
        name: 'output',
        type: 'float32',
        shape: ['batch', channels('num_out_ch'), 'out_height', 'out_width'],
      },
    ],
    opsets: { '': 17 },
    irVersion: 8,
    name: type,
    producer: { name: 'esrgan-stream', version: '' },
    metadata: { ...metadata, scale: `${scale}` },
  });
}

/** SPAN's own where the options say nothing. */
function meansOf(given: unknown): readonly number[] {
  return Array.isArray(given) ? given.map(Number) : [0.4488, 0.4371, 0.404];
}
