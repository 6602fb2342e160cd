import { z } from 'zod';
import { MSRResNetOptions } from './msrresnet/options.js';
import { RRDBNetOptions } from './rrdbnet/options.js';
import { SPANOptions } from './span/options.js';
import { SRVGGNetCompactOptions } from './srvggnet-compact/options.js';
import { UNetDiscriminatorSNOptions } from './unet-discriminator-sn/options.js';
import { VGGStyleDiscriminatorOptions } from './vgg-style-discriminator/options.js';

/** `network_g` of an options file. Free of tfjs, so that checking options stays quick. */
export const NetworkOptions = z.discriminatedUnion('type', [
  SRVGGNetCompactOptions,
  RRDBNetOptions,
  MSRResNetOptions,
  SPANOptions,
]);

export type NetworkOptions = z.infer<typeof NetworkOptions>;

/** `network_d` of an options file. */
export const DiscriminatorOptions = z.discriminatedUnion('type', [
  UNetDiscriminatorSNOptions,
  VGGStyleDiscriminatorOptions,
]);

export type DiscriminatorOptions = z.infer<typeof DiscriminatorOptions>;
