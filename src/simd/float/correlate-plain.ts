import type { Correlation } from './correlate.js';

/** The same bits without WebAssembly. */
export function correlatePlain(job: Correlation): void {
  const { source, from, step, runs, runsRow = 0, out, to, width, height, planes } = job;
  const { words, weights } = runs;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      const origin = from.at + plane * from.plane + y * from.row;
      const target = to.at + plane * to.plane + y * to.row;
      const first = y * runsRow;
      const end = first + (runsRow || runs.length);
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let r = first; r < end; ) {
          let at = origin + x + words[r];
          const last = r + 2 + words[r + 1];
          for (r += 2; r < last; r++, at += step) {
            sum = Math.fround(sum + Math.fround(weights[r] * source[at]));
          }
        }
        out[target + x] = sum;
      }
    }
  }
}
