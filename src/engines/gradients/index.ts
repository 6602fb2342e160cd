import { registerGradient } from '@tensorflow/tfjs-core';
import { arithmetic } from './arithmetic.js';
import { layers } from './layers.js';
import { shape } from './shape.js';

let registered = false;

/**
 * tfjs-core registers no gradients in Node (the module that does cannot be imported there), and some of its
 * own keep more tensors alive or run more operations than training on one core can afford.
 */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  for (const gradient of [...arithmetic, ...shape, ...layers]) registerGradient(gradient);
}
