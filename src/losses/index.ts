import { createL1Loss } from './l1/loss.js';
import type { LossOptions } from './options.js';
import type { Loss } from './types.js';

export { LossOptions } from './options.js';
export type { Loss } from './types.js';

/** A loss as its options describe it. */
export function createLoss(options: LossOptions): Loss {
  switch (options.type) {
    case 'L1Loss':
      return createL1Loss(options);
  }
}
