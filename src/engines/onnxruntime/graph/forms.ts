import { type Graph, NCHWC } from './graph.js';
import { blockedOfPhases, phasesOfBlocked } from './phases.js';
import type { Forms, Value } from './value.js';

type Shape4D = readonly [number, number, number, number];

/** Whether a blocked form of an image with that many channels exists without padding. */
export const fitsBlocks = (graph: Graph, channels: number): boolean =>
  graph.target.block !== undefined && channels % graph.target.block === 0;

/** Which of the two orders with blocks of channels an image is in, if it is. */
export const blockedForm = ({ shape, forms }: Value): 'phases' | 'blocked' | undefined => {
  if (shape.length !== 4) return undefined;
  if (forms.phases) return 'phases';
  return forms.blocked ? 'blocked' : undefined;
};

/** The value in the order tfjs gives it. */
export function plain(graph: Graph, value: Value): string {
  const { forms } = value;
  forms.plain ??= forms.nchw
    ? graph.transpose(forms.nchw, [0, 2, 3, 1])
    : reorderOutput(graph, blocked(graph, value), value, 1);
  return forms.plain;
}

/** The one number of a value that holds no other. */
export const numberIn = (graph: Graph, value: Value): string =>
  value.more.uniform ?? graph.reshape(plain(graph, value), []);

/** Channels first: [n, c, h, w]. */
export function nchw(graph: Graph, value: Value): string {
  const { forms } = value;
  forms.nchw ??=
    (forms.blocked ?? forms.phases)
      ? reorderOutput(graph, blocked(graph, value), value, 0)
      : planar(graph, forms.plain!, value.shape as Shape4D);
  return forms.nchw;
}

/** onnxruntime's blocked order; the channels must fill whole blocks. */
export function blocked(graph: Graph, value: Value): string {
  const { forms } = value;
  forms.blocked ??= forms.phases
    ? blockedOfPhases(graph, forms.phases, value.shape)
    : graph.op(
        'ReorderInput',
        [forms.nchw ?? forms.plain!],
        { channels_last: { int: forms.nchw ? 0 : 1 } },
        NCHWC,
      );
  return forms.blocked;
}

/** The order in which convolutions by rows read; the channels must fill whole blocks, and the rows be a multiple of 4. */
export function phases(graph: Graph, value: Value): string {
  const { forms } = value;
  forms.phases ??= phasesOfBlocked(graph, blocked(graph, value), value.shape);
  return forms.phases;
}

export const inForm = (graph: Graph, value: Value, form: keyof Forms): string =>
  ({ plain, nchw, blocked, phases })[form](graph, value);

const reorderOutput = (graph: Graph, name: string, { shape }: Value, channelsLast: number): string =>
  graph.op(
    'ReorderOutput',
    [name],
    { channels: { int: shape[3]! }, channels_last: { int: channelsLast } },
    NCHWC,
  );

/** With one channel, or one pixel, both orders are the same. */
function planar(graph: Graph, name: string, [n, h, w, c]: Shape4D): string {
  return c === 1 || h * w === 1 ? graph.reshape(name, [n, c, h, w]) : graph.transpose(name, [0, 3, 1, 2]);
}
