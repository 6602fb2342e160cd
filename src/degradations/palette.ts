/** Colours, three values each. */
export type Palette = Float32Array;

const bits = 5;
const side = 1 << bits;
const bins = side ** 3;

interface Box {
  /** Bins that occur in it. */
  readonly members: readonly number[];
  readonly weight: number;
}

/** The 15-bit cell of a colour; values beyond [0, 1] go to the border. */
export function binOf(red: number, green: number, blue: number): number {
  return (cell(red) << (2 * bits)) | (cell(green) << bits) | cell(blue);
}

function cell(value: number): number {
  const index = Math.floor(value * side);
  return index < 0 ? 0 : Math.min(side - 1, index);
}

const coordinate = (bin: number, axis: number): number => (bin >> ((2 - axis) * bits)) & (side - 1);

/**
 * At most `count` colours for a planar image, by median cut (Heckbert 1982) on 32 x 32 x 32 cells: the box with
 * the most pixels is halved along its longest axis; a colour is the mean of its box.
 */
export function medianCut(data: Float32Array, count: number): Palette {
  const plane = data.length / 3;
  const sums = new Float64Array(4 * bins);
  for (let i = 0; i < plane; i++) {
    const at = 4 * binOf(data[i], data[i + plane], data[i + 2 * plane]);
    sums[at]++;
    for (let channel = 0; channel < 3; channel++) sums[at + 1 + channel] += data[i + channel * plane];
  }
  const weightOf = (members: readonly number[]) => members.reduce((sum, bin) => sum + sums[4 * bin], 0);
  const all = Array.from({ length: bins }, (_, bin) => bin).filter((bin) => sums[4 * bin] > 0);
  const boxes: Box[] = [{ members: all, weight: plane }];
  while (boxes.length < count) {
    const largest = largestDivisible(boxes);
    if (largest < 0) break;
    const halves = halve(boxes[largest], sums);
    boxes.splice(largest, 1, ...halves.map((members) => ({ members, weight: weightOf(members) })));
  }
  return Float32Array.from(
    boxes.flatMap(({ members, weight }) =>
      [1, 2, 3].map((channel) => members.reduce((sum, bin) => sum + sums[4 * bin + channel], 0) / weight),
    ),
  );
}

function largestDivisible(boxes: readonly Box[]): number {
  let largest = -1;
  boxes.forEach(({ members, weight }, i) => {
    if (members.length > 1 && (largest < 0 || weight > boxes[largest].weight)) largest = i;
  });
  return largest;
}

function halve({ members, weight }: Box, sums: Float64Array): [number[], number[]] {
  const extent = [0, 1, 2].map((axis) => {
    const places = members.map((bin) => coordinate(bin, axis));
    return places.reduce((a, b) => Math.max(a, b)) - places.reduce((a, b) => Math.min(a, b));
  });
  const axis = extent.indexOf(Math.max(...extent));
  const sorted = [...members].sort((a, b) => coordinate(a, axis) - coordinate(b, axis) || a - b);
  let before = 0;
  let split = 0;
  while (split < sorted.length - 1 && (split === 0 || before + sums[4 * sorted[split]] <= weight / 2)) {
    before += sums[4 * sorted[split]];
    split++;
  }
  return [sorted.slice(0, split), sorted.slice(split)];
}

/** Index of the colour that is nearest to the middle of the cell a colour falls into; looked up once a cell. */
export function nearestColour(palette: Palette): (red: number, green: number, blue: number) => number {
  const known = new Int16Array(bins).fill(-1);
  return (red, green, blue) => {
    const bin = binOf(red, green, blue);
    if (known[bin] < 0) known[bin] = search(palette, bin);
    return known[bin];
  };
}

function search(palette: Palette, bin: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < palette.length; i += 3) {
    let distance = 0;
    for (let axis = 0; axis < 3; axis++) {
      distance += ((coordinate(bin, axis) + 0.5) / side - palette[i + axis]) ** 2;
    }
    if (distance >= least) continue;
    least = distance;
    best = i / 3;
  }
  return best;
}
