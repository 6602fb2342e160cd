import { floatMemory, inMemory } from './memory.js';

/** Tables of the ziggurat, as float64: 256 safe magnitudes, 256 widths, 257 densities. */
export interface NormalTables {
  readonly safe: Float64Array;
  readonly widths: Float64Array;
  readonly densities: Float64Array;
}

/** Fills `out` as the generator's own loop would; see BulkNormals of src/random. */
export type DrawNormals = (state: Int32Array, out: Float32Array, decide: () => number) => boolean;

/** Places the tables in the memory; undefined where WebAssembly is missing. */
export function normalDrawer({ safe, widths, densities }: NormalTables): DrawNormals | undefined {
  const room = floatMemory();
  const tables = room?.extents.take(8 * (safe.length + widths.length + densities.length));
  const words = room?.extents.take(20);
  if (!room || tables === undefined || words === undefined) return undefined;
  const values = new Float64Array(room.buffer, tables);
  values.set(safe);
  values.set(widths, safe.length);
  values.set(densities, safe.length + widths.length);
  const kept = new Int32Array(room.buffer, words, 5);
  return (state, out, decide) =>
    inMemory(out, [], (kernels, address) => {
      const target = new Float32Array(room.buffer, address, out.length);
      kept.set(state);
      for (let i = 0; ; ) {
        i = kernels.fillNormal(words, tables, address, i, out.length);
        state.set(kept);
        if (i === out.length) return;
        const value = decide();
        kept.set(state);
        if (!Number.isNaN(value)) target[i++] = value;
      }
    });
}
