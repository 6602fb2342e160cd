import { Observable, type OperatorFunction } from 'rxjs';
import { type EpochOrder, planEpochs, type RunOrder, sampleMaker } from '../../plan/epochs.js';
import { shuffled } from '../../plan/shuffle.js';
import { inOrder as inOrderSteps, type Step } from '../../plan/steps.js';
import type { Visit } from '../../plan/types.js';
import { sampleSeed } from '../../random/rng.js';

/** Part of the memory that open sources may fill; the rest lets the next ones be decoded ahead of time. */
const OPEN_SHARE = 0.75;

/** The order of one epoch under a windowed shuffle with `memory` bytes of decoded pixels. */
export function shuffledOrder(seed: number, memory: number): EpochOrder {
  return (visits, epoch, make, start) =>
    shuffled(visits, sampleSeed(seed, epoch, 'shuffle'), memory * OPEN_SHARE, make, start);
}

/** The order of one epoch as it was found: sources sorted, windows row by row. */
export const foundOrder: EpochOrder = (visits, _epoch, make, start) => inOrderSteps(visits, make, start);

/**
 * Plans the whole run in random order, from metadata alone: collects the visits (no pixels) and hands on
 * one lazy plan that covers every epoch. `memory` is the byte budget of decoded pixels, see `shuffled`.
 *
 * @example
 * discover(...).pipe(multiscale(...), crop(...), shuffle({ memory: 2 ** 29 }, { seed: 0, epochs: 1, start: 0 }), decode(...))
 */
export function shuffle(
  options: { readonly memory: number },
  run: RunOrder,
): OperatorFunction<Visit, Iterable<Step>> {
  return collect(run, shuffledOrder(run.seed, options.memory));
}

/**
 * Plans the run in the order in which images were found. A single epoch from its beginning is planned
 * visit by visit, so that the first image is decoded before the last is discovered.
 */
export function inOrder(run: RunOrder): OperatorFunction<Visit, Iterable<Step>> {
  if (run.epochs !== 1 || run.start > 0 || run.pool) return collect(run, foundOrder);
  return (visits) =>
    new Observable((subscriber) => {
      const make = sampleMaker(run.seed, 0);
      let position = 0;
      return visits.subscribe({
        next: (visit) => {
          subscriber.next(inOrderSteps([visit], make, position));
          position += visit.count;
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

function collect(run: RunOrder, order: EpochOrder): OperatorFunction<Visit, Iterable<Step>> {
  return (visits) =>
    new Observable((subscriber) => {
      const all: Visit[] = [];
      return visits.subscribe({
        next: (visit) => all.push(visit),
        error: (error) => subscriber.error(error),
        complete: () => {
          subscriber.next(planEpochs(all, run, order));
          subscriber.complete();
        },
      });
    });
}
