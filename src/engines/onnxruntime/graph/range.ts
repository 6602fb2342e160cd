/** from, from + 1, ... */
export const range = (length: number, from = 0): number[] => Array.from({ length }, (_, i) => from + i);
