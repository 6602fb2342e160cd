/** Divides a stretch of memory into pieces, first fit, so that what was used before is used again. */
export interface Extents {
  /** Address of so many bytes; undefined when no gap is large enough. */
  take(bytes: number): number | undefined;
  /** Gives back what `take` returned; false for any other address. */
  give(address: number): boolean;
}

/** Vectors never straddle more cache lines than they must. */
const ALIGN = 64;
/** Kernels read up to so many bytes past an array. */
const BEYOND = 128;

interface Gap {
  start: number;
  end: number;
}

export function createExtents(start: number, end: number): Extents {
  const gaps: Gap[] = [{ start, end }];
  const taken = new Map<number, number>();
  return {
    take(bytes) {
      const size = Math.ceil((bytes + BEYOND) / ALIGN) * ALIGN;
      const index = gaps.findIndex((gap) => gap.end - gap.start >= size);
      if (index < 0) return undefined;
      const gap = gaps[index];
      const address = gap.start;
      gap.start += size;
      if (gap.start === gap.end) gaps.splice(index, 1);
      taken.set(address, address + size);
      return address;
    },
    give(address) {
      const end = taken.get(address);
      if (end === undefined) return false;
      taken.delete(address);
      const found = gaps.findIndex((gap) => gap.start > address);
      const after = found < 0 ? gaps.length : found;
      const joinsBefore = after > 0 && gaps[after - 1].end === address;
      const joinsAfter = after < gaps.length && gaps[after].start === end;
      if (joinsBefore && joinsAfter) {
        gaps[after - 1].end = gaps[after].end;
        gaps.splice(after, 1);
      } else if (joinsBefore) gaps[after - 1].end = end;
      else if (joinsAfter) gaps[after].start = address;
      else gaps.splice(after, 0, { start: address, end });
      return true;
    },
  };
}
