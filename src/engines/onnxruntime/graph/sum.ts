import { depthwise } from './depthwise.js';
import { elementwise } from './elementwise.js';
import { blockedForm, fitsBlocks, inForm, numberIn } from './forms.js';
import type { Graph } from './graph.js';
import { type Forms, Value } from './value.js';

/** Where products of convolutions are added up while they are computed. */
export interface Space {
  /** Products of one name can be added to one another. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The values to begin with, where that is possible. */
  readonly begin: ((value: Value) => string) | undefined;
  /** From the sum of all products to the image batch. */
  finish(sum: string, shape: readonly number[]): Forms;
}

/** A convolution that adds what it computes to what is there. */
export interface Product {
  readonly space: Space;
  /** @param sum of other products of the same space */
  onto(sum: string | undefined): string;
}

/** What a value is the sum of, as long as nobody needs the parts. */
export interface Sum {
  readonly values: readonly Value[];
  readonly products: readonly Product[];
}

/** The sum of two image batches where part of it can be done on the way: of products, or of multiples. Undefined for others. */
export function add(graph: Graph, a: Value, b: Value): Value | undefined {
  if (a.shape.length !== 4 || a.shape.some((size, axis) => size !== b.shape[axis])) return undefined;
  const terms = [a, b].map(termsOf);
  const sum = {
    values: terms.flatMap(({ values }) => values),
    products: terms.flatMap(({ products }) => products),
  };
  if (sum.products.length === 0) return plusMultiple(graph, a, b) ?? plusMultiple(graph, b, a);
  return new Value(a.shape, 'float32', () => total(graph, sum).forms, { sum });
}

function plusMultiple(graph: Graph, a: Value, b: Value): Value | undefined {
  const { multiple } = b.more;
  const form = multiple && b.uses === 1 ? blockedForm(multiple.of) : undefined;
  const channels = a.shape[3]!;
  if (!multiple || !form || !fitsBlocks(graph, channels)) return undefined;
  const factors = graph.op('Expand', [numberIn(graph, multiple.factor), graph.ints([channels, 1, 1, 1])]);
  const name = depthwise(graph, inForm(graph, multiple.of, form), factors, channels, {
    plus: inForm(graph, a, form),
  });
  return new Value(a.shape, 'float32', { [form]: name });
}

/** Something used elsewhere, too, is computed for itself. */
const termsOf = (value: Value): Sum =>
  value.more.sum && value.uses === 1 ? value.more.sum : { values: [value], products: [] };

function total(graph: Graph, { values, products }: Sum): Value {
  const spaces = new Map(products.map(({ space }) => [space.name, space]));
  return [...spaces.values()]
    .toSorted((a, b) => Number(a.begin !== undefined) - Number(b.begin !== undefined))
    .reduce<Value | undefined>(
      (before, space) => {
        const own = products.filter((product) => product.space.name === space.name);
        const begin = before && space.begin?.(before);
        const sum = own.reduce((so, product) => product.onto(so), begin);
        const result = new Value(space.shape, 'float32', space.finish(sum!, space.shape));
        return before && begin === undefined ? plus(graph, before, result) : result;
      },
      values.length === 0 ? undefined : values.reduce((a, b) => plus(graph, a, b)),
    )!;
}

const plus = (graph: Graph, a: Value, b: Value): Value =>
  elementwise(graph, [a, b], a.shape, 'float32', (...names) => graph.op('Add', names), 'of same');
