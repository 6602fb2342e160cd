import { z } from 'zod';
import { RRDBNetOptions } from './rrdbnet/options.js';
import { SRVGGNetCompactOptions } from './srvggnet-compact/options.js';

/** `network_g` of an options file. Free of tfjs, so that checking options stays quick. */
export const NetworkOptions = z.discriminatedUnion('type', [SRVGGNetCompactOptions, RRDBNetOptions]);

export type NetworkOptions = z.infer<typeof NetworkOptions>;
