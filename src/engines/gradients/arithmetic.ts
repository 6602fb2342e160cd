import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, reduceTo } from './define.js';

export const arithmetic = [
  defineGradient('Add', { save: ['a', 'b'] }, (dy, [a, b]) => ({
    a: () => reduceTo(dy, a!.shape),
    b: () => reduceTo(dy, b!.shape),
  })),
  defineGradient('Sub', { save: ['a', 'b'] }, (dy, [a, b]) => ({
    a: () => reduceTo(dy, a!.shape),
    b: () => reduceTo(tf.neg(dy), b!.shape),
  })),
  defineGradient('Multiply', { save: ['a', 'b'] }, (dy, [a, b]) => ({
    a: () => reduceTo(tf.mul(dy, b!), a!.shape),
    b: () => reduceTo(tf.mul(dy, a!), b!.shape),
  })),
  defineGradient('RealDiv', { save: ['a', 'b'] }, (dy, [a, b]) => ({
    a: () => reduceTo(tf.div(dy, b!), a!.shape),
    b: () => reduceTo(tf.neg(tf.div(tf.mul(dy, a!), tf.square(b!))), b!.shape),
  })),
  defineGradient('Neg', {}, (dy) => ({ x: () => tf.neg(dy) })),
  defineGradient('Abs', { save: ['x'] }, (dy, [x]) => ({ x: () => tf.mul(dy, tf.sign(x!)) })),
  defineGradient('Square', { save: ['x'] }, (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(x!, 2)) })),
  defineGradient('Sigmoid', { saveOutput: true }, (dy, [y]) => ({
    x: () => tf.mul(dy, tf.mul(y!, tf.sub(1, y!))),
  })),
  defineGradient('Sqrt', { save: ['x'] }, (dy, [x]) => ({
    x: () => tf.div(dy, tf.mul(tf.sqrt(x!), 2)),
  })),
];
