import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Store, useStore } from '../shared/store.js';
import { Bench } from './bench.js';
import type { State } from './state.js';

export const BenchContext = createContext(new Bench());

export const useBench = (): Bench => useContext(BenchContext);

export function useBenchState<P>(pick: (state: State) => P): P {
  return useStore(useBench().store, pick);
}

/** Where the magnifier is: 0..1 from the left and the top edge of every picture; nothing when it is away. */
export const spot = new Store<{ readonly x: number; readonly y: number } | undefined>(undefined);

/** Screen pixels that a pixel of gt becomes under the magnifier. */
export const strength = new Store(4);

export const strengths = [2, 3, 4, 6, 8, 12, 16];

export function strengthen(by: number): void {
  const at = strengths.indexOf(strength.value) + by;
  strength.set(strengths[Math.max(0, Math.min(strengths.length - 1, at))]);
}

export function moveSpot(dx: number, dy: number): void {
  const { x, y } = spot.value ?? { x: 0.5, y: 0.5 };
  const inside = (value: number): number => Math.max(0, Math.min(1, value));
  spot.set({ x: inside(x + dx), y: inside(y + dy) });
}
