import { type Measurement, writeMeasurements } from '../engines/measurements.js';
import type { Check } from './types.js';

/** Notes measurements down for `engine: auto`. A folder that cannot be written to shall not cost the report. */
export function remember(measured: readonly Measurement[]): {
  readonly file?: string;
  readonly check?: Check;
} {
  try {
    return { file: writeMeasurements(measured) };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const remedy =
      'The measurements are not remembered: name a folder that can be written to in ESRGAN_CACHE.';
    return { check: { name: 'cache', state: 'poor', found, remedy } };
  }
}
