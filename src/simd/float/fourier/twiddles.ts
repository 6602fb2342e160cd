/** What a transform of some size needs. */
export interface Twiddles {
  readonly size: number;
  /** Cosines and negative sines in the order of the steps; see assembly/fourier.ts. */
  readonly table: Float32Array;
  /** The frequency that lies at each place after a transform. */
  readonly frequencies: Int32Array;
  /** cos(2 pi k / size), [size]. */
  readonly cosines: Float64Array;
}

const known = new Map<number, Twiddles>();

/** For sizes of 4^k and 2 * 4^k; made once. */
export function twiddlesOf(size: number): Twiddles {
  const made = known.get(size) ?? computeTwiddles(size);
  known.set(size, made);
  return made;
}

function computeTwiddles(size: number): Twiddles {
  const cosines = Float64Array.from({ length: size }, (_, k) => cosine(k / size));
  const table: number[] = [];
  let frequencies = [0];
  for (let n = size; n > 1; ) {
    const parts = Math.log2(n) % 2 === 1 ? 2 : 4;
    for (let j = 0; n > 4 && j < n / parts; j++) {
      for (let power = 1; power < parts; power++) {
        const turns = ((power * j) / n) % 1;
        table.push(cosine(turns), -cosine(turns - 0.25));
      }
    }
    // Part q of the result holds the frequencies that leave a rest of q.
    const step = size / n;
    frequencies = frequencies.flatMap((f) => Array.from({ length: parts }, (_, q) => f + q * step));
    n /= parts;
  }
  return {
    size,
    table: Float32Array.from(table),
    frequencies: Int32Array.from(frequencies),
    cosines,
  };
}

/** Cosine of turns from -1 to 1 by its series, so that every engine gives the same bits. */
function cosine(turns: number): number {
  const within = Math.abs(turns) > 0.5 ? 1 - Math.abs(turns) : Math.abs(turns);
  if (within > 0.25) return -cosine(0.5 - within);
  const square = (2 * Math.PI * within) ** 2;
  let sum = 1;
  for (let n = 24; n >= 2; n -= 2) sum = 1 - (square * sum) / (n * (n - 1));
  return within === 0.25 ? 0 : sum;
}
