import { createMSRResNet } from './msrresnet/network.js';
import type { DiscriminatorOptions, NetworkOptions } from './options.js';
import { createRRDBNet } from './rrdbnet/network.js';
import { createSPAN } from './span/network.js';
import { createSRVGGNetCompact } from './srvggnet-compact/network.js';
import type { Discriminator, Network } from './types.js';
import { createUNetDiscriminatorSN } from './unet-discriminator-sn/network.js';
import { createVGGStyleDiscriminator } from './vgg-style-discriminator/network.js';

export { DiscriminatorOptions, NetworkOptions } from './options.js';
export { loadStateDict, stateDict } from './state-dict.js';
export type { Discriminator, Network, StateDict, StateDictEntry, Stateful } from './types.js';
export { createVggFeatures, type VggFeatures, type VggFeaturesOptions } from './vgg/features.js';
export { readVggWeights } from './vgg/weights.js';

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
    case 'MSRResNet':
      return createMSRResNet(options, seed);
    case 'SPAN':
      return createSPAN(options, seed);
  }
}

/**
 * A discriminator with freshly drawn weights, on the current engine.
 * @param seed the same seed gives the same weights on every machine
 */
export function createDiscriminator(options: DiscriminatorOptions, seed: string): Discriminator {
  switch (options.type) {
    case 'UNetDiscriminatorSN':
      return createUNetDiscriminatorSN(options, seed);
    case 'VGGStyleDiscriminator':
      return createVGGStyleDiscriminator(options, seed);
  }
}
