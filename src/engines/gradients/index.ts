import { registerGradient } from '@tensorflow/tfjs-core';
import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { conv } from './conv.js';
import { layers } from './layers.js';
import { matMul } from './matmul.js';
import { shape } from './shape.js';

/**
 * tfjs-core registers no gradients in Node (the module that does cannot be imported there), and some of its
 * own keep more tensors alive or run more operations than training on one core can afford. To be called after
 * each start of an engine: the packages of some bring tfjs' own gradients along.
 */
export function registerGradients(): void {
  for (const gradient of [...arithmetic, ...shape, ...conv, ...layers, bilinear, matMul])
    registerGradient(gradient);
}
