import { z } from 'zod';
import { L1LossOptions } from './l1/options.js';

/** `pixel_opt` of an options file. Free of tfjs, so that checking options stays quick. */
export const LossOptions = z.discriminatedUnion('type', [L1LossOptions]);

export type LossOptions = z.infer<typeof LossOptions>;
