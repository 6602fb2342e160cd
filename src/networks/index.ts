import type { NetworkOptions } from './options.js';
import { createRRDBNet } from './rrdbnet/network.js';
import { createSRVGGNetCompact } from './srvggnet-compact/network.js';
import type { Network } from './types.js';

export { NetworkOptions } from './options.js';
export { loadStateDict, stateDict } from './state-dict.js';
export type { Network, StateDict, StateDictEntry } from './types.js';

/**
 * A network with freshly drawn weights, on the current engine (see useEngine).
 * @param seed the same seed gives the same weights on every machine
 */
export function createNetwork(options: NetworkOptions, seed: string): Network {
  switch (options.type) {
    case 'SRVGGNetCompact':
      return createSRVGGNetCompact(options, seed);
    case 'RRDBNet':
      return createRRDBNet(options, seed);
  }
}
