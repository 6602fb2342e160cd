/** A seeded random generator: the same seed gives the same draws on every machine. */
export interface Rng {
  /** Uniform in [low, high); [0, 1) without arguments. */
  uniform(low?: number, high?: number): number;
  /** Integer in [low, high], both included. */
  int(low: number, high: number): number;
  /** Standard normal deviate. */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items, with probability proportional to its weight (equal without weights). */
  choice<T>(items: readonly T[], weights?: readonly number[]): T;
  /** A new seed (16 hex digits) for draws that are to be made later, e.g. a noise field. */
  seed(): string;
}
