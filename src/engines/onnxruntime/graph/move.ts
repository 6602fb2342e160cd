import type { Shape } from '../node.js';
import { blocked, fitsBlocks, inForm, nchw, plain } from './forms.js';
import type { Graph } from './graph.js';
import { concatPieces, piecesOf } from './pieces.js';
import { commonForm, type Forms, Value } from './value.js';

type Shape4D = readonly [number, number, number, number];

/** From a list by tfjs' axes to one by those of nchw. */
const channelsFirst = <T>([n, h, w, c]: readonly T[]): T[] => [n!, c!, h!, w!];

/**
 * Joins along an axis. Images keep their form: whole blocks, or whole channels, are simply put one after
 * the other.
 */
export function concat(graph: Graph, parts: readonly Value[], axis: number, shape: Shape): Value {
  if (piecesOf(shape, parts[0]!.dtype)) return concatPieces(graph, parts, shape);
  const beside = shape.length === 4 && axis === 3 && parts.every((part) => fitsBlocks(graph, part.shape[3]!));
  if (!beside) return joined(graph, parts, axis, shape);
  return new Value(shape, parts[0]!.dtype, () => joined(graph, parts, axis, shape).forms, { parts });
}

function joined(graph: Graph, parts: readonly Value[], axis: number, shape: Shape): Value {
  const form = shape.length === 4 ? commonForm(parts) : 'plain';
  const whole = parts.every((part) => fitsBlocks(graph, part.shape[3]!));
  const used: keyof Forms = form === 'blocked' && !whole ? 'nchw' : form;
  const names = parts.map((part) => inForm(graph, part, used));
  if (used === 'blocked' && (axis === 1 || axis === 2)) {
    const block = graph.target.block!;
    const views = names.map((name, i) => {
      const [n, h, w, c] = parts[i]!.shape as Shape4D;
      return graph.reshape(name, [n, c / block, h, w, block]);
    });
    const name = graph.reshape(graph.concat(views, axis + 1), channelsFirst(shape));
    return new Value(shape, parts[0]!.dtype, { blocked: name });
  }
  const at = used === 'plain' ? axis : [0, 2, 3, 1][axis]!;
  return new Value(shape, parts[0]!.dtype, { [used]: graph.concat(names, at) });
}

/** Cuts out `size` values along each axis from `begin` on, in steps of one. */
export function slice(graph: Graph, x: Value, begin: Shape, size: Shape): Value {
  const beside = size.length === 4 && size.every((count, axis) => axis === 3 || count === x.shape[axis]);
  if (beside && x.more.channels && [begin[3]!, size[3]!].every((channels) => fitsBlocks(graph, channels)))
    return x.more.channels(begin[3]!, size[3]!);
  const form = x.shape.length === 4 ? commonForm([x]) : 'plain';
  const { block } = graph.target;
  const whole = block !== undefined && begin[3]! % block === 0 && size[3]! % block === 0;
  if (form === 'blocked' && whole) {
    const [n, h, w, c] = x.shape as Shape4D;
    const blocks = graph.reshape(blocked(graph, x), [n, c / block, h, w, block]);
    const start = channelsFirst(begin).map((value, i) => (i === 1 ? value / block : value));
    const count = channelsFirst(size).map((value, i) => (i === 1 ? value / block : value));
    const cut = sliceArray(graph, blocks, [n, c / block, h, w], start, count);
    return new Value(size, x.dtype, { blocked: graph.reshape(cut, channelsFirst(size)) });
  }
  if (form !== 'plain') {
    const name = sliceArray(
      graph,
      nchw(graph, x),
      channelsFirst(x.shape),
      channelsFirst(begin),
      channelsFirst(size),
    );
    return new Value(size, x.dtype, { nchw: name });
  }
  return graph.plainValue(size, x.dtype, sliceArray(graph, plain(graph, x), x.shape, begin, size));
}

function sliceArray(graph: Graph, name: string, shape: Shape, begin: Shape, size: Shape): string {
  const axes = shape.flatMap((full, axis) => (size[axis] === full ? [] : [axis]));
  if (axes.length === 0) return name;
  const pick = (list: Shape): string => graph.ints(axes.map((axis) => list[axis]!));
  const end = begin.map((value, axis) => value + size[axis]!);
  return graph.op('Slice', [name, pick(begin), pick(end), graph.ints(axes)]);
}

/** Adds values at both ends of each axis; `mode` is ONNX's name for what they are. */
export function pad(
  graph: Graph,
  x: Value,
  paddings: readonly (readonly [number, number])[],
  shape: Shape,
  mode: string,
  value?: string,
): Value {
  const form = x.shape.length === 4 ? commonForm([x]) : 'plain';
  const write = (name: string, list: readonly (readonly [number, number])[]): string => {
    const amounts = [...list.map(([before]) => before), ...list.map(([, after]) => after)];
    const inputs = [name, graph.ints(amounts), ...(value ? [value] : [])];
    return graph.op('Pad', inputs, { mode: { string: mode } });
  };
  if (form === 'plain') return graph.plainValue(shape, x.dtype, write(plain(graph, x), paddings));
  if (form === 'blocked' && paddings[3]!.every((amount) => amount === 0)) {
    const [n, h, w, c] = x.shape as Shape4D;
    const block = graph.target.block!;
    const blocks = graph.reshape(blocked(graph, x), [n, c / block, h, w, block]);
    const padded = write(blocks, [...channelsFirst(paddings), [0, 0]]);
    return new Value(shape, x.dtype, { blocked: graph.reshape(padded, channelsFirst(shape)) });
  }
  return new Value(shape, x.dtype, { nchw: write(nchw(graph, x), channelsFirst(paddings)) });
}
