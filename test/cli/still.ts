import { EMPTY } from 'rxjs';

const nothing = (): void => {};

/** What a run has besides its events, for runs that are none. */
export const still = {
  controls: { pause: nothing, resume: nothing, save: nothing, validate: nothing, stop: nothing },
  pairs: EMPTY,
} as const;
