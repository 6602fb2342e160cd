import { setImmediate } from 'node:timers/promises';
import { Observable, type OperatorFunction } from 'rxjs';
import { type Arena, type Budget, Gate, type Meter, Queue } from '../../flow/index.js';
import type { Step } from '../../plan/steps.js';
import type { Source } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import type { MultiscaleOptions } from '../multiscale/options.js';
import type { FetchedSource } from '../workers/tasks.js';
import type { Workers } from '../workers/workers.js';
import { Crop, type MissingSample } from './crop.js';
import { Decoder } from './decoder.js';

export interface DecodeOptions {
  /** Memory for decoded images; its capacity bounds how many sources lie open. */
  readonly arena: Arena;
  /** Room for what is made of the crops, and what one crop takes of it. */
  readonly room: Budget;
  readonly roomPerCrop: number;
  /** Images decoded at once. */
  readonly threads: number;
  readonly background: string;
  readonly resampler: MultiscaleOptions['resampler'];
  /** Make the smaller copies. */
  readonly workers: Workers;
  /** Fetches what lies on servers; absent where nothing does. */
  readonly fetch?: (source: Source, signal: AbortSignal) => Promise<FetchedSource>;
  /** How many photographs are worth fetching at once. */
  readonly fetchedAtOnce?: number;
  /** Opened while few plans wait here; lets `discover` run ahead, but not away. */
  readonly gate?: Gate;
  readonly meter?: Meter;
}

/** What decoding itself needs of them. */
export type DecoderOptions = Omit<DecodeOptions, 'room' | 'roomPerCrop' | 'gate' | 'fetchedAtOnce'>;

/** Planned samples that may wait for their turn (no pixels). */
const LOOK_AHEAD = 4096;

/** Crops handed on before other threads' messages get their turn. */
const TURN = 256;

/** Sources opened before the stream has come to their first sample: enough to keep the decoders and servers busy. */
const openAhead = ({ threads, fetchedAtOnce = 0 }: DecodeOptions): number =>
  Math.max(2 * threads, threads + fetchedAtOnce);

/**
 * Where pixels enter the stream. Walks the plan with two hands: one opens sources as far ahead as the
 * arena has room (one decode gives all scales of a source), the other hands on crops in the planned
 * order, each as a view into the arena, whenever `room` has a place for what will be made of it.
 *
 * A crop must be released by whoever uses it; a source leaves the arena with its last crop. A source that
 * cannot be decoded is reported once, and its samples arrive as `MissingSample`, so that positions hold.
 * When the run is stopped, the stream completes after what was already handed on.
 */
export function decode(
  options: DecodeOptions,
  ctx: StageContext,
): OperatorFunction<Iterable<Step>, Crop | MissingSample> {
  return (plans) =>
    new Observable((subscriber) => {
      const gone = new AbortController();
      const signal = AbortSignal.any([ctx.signal, gone.signal]);
      const coming = new Queue<Iterable<Step>>();
      const steps = new Queue<Step>();
      const ahead = new Gate(openAhead(options));
      const decoder = new Decoder(options, ctx, signal);
      signal.addEventListener('abort', () => {
        coming.end();
        steps.end();
      });

      const subscription = plans.subscribe({
        next: (plan) => {
          options.gate?.enter();
          coming.push(plan);
        },
        error: (error) => subscriber.error(error),
        complete: () => coming.end(),
      });

      const openSources = async (): Promise<void> => {
        for await (const plan of coming) {
          options.gate?.leave();
          for (const step of plan) {
            if (signal.aborted) return;
            if (step.kind === 'open') {
              await ahead.open();
              ahead.enter();
              await decoder.open(step);
            }
            steps.push(step);
            if (steps.length >= LOOK_AHEAD) await steps.room(LOOK_AHEAD);
          }
        }
        steps.end();
      };

      // Crops come by the thousand: it waits only where there is something to wait for.
      const handOn = async (): Promise<void> => {
        for (let handed = 1; steps.length > 0 || (await steps.more()); handed++) {
          const step = steps.take() as Step;
          if (step.kind === 'open') {
            ahead.leave();
            continue;
          }
          const { room, roomPerCrop } = options;
          const lease = room.tryAcquire(roomPerCrop) ?? (await room.acquire(roomPerCrop, signal));
          const made = decoder.crop(step, lease);
          const crop = made instanceof Promise ? await made : made;
          if (signal.aborted) {
            if (crop instanceof Crop) crop.release();
            lease.release();
            // The other hand may be waiting for this one: a return would wait for it in turn.
            throw signal.reason;
          }
          subscriber.next(crop);
          if (handed % TURN === 0) await setImmediate();
        }
      };

      Promise.all([openSources(), handOn()]).then(
        () => subscriber.complete(),
        (error) => (signal.aborted ? subscriber.complete() : subscriber.error(error)),
      );
      return () => {
        gone.abort(new Error('unsubscribed'));
        subscription.unsubscribe();
        decoder.close();
      };
    });
}
