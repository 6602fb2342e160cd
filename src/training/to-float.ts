import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

const UNIT = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** uint8 NHWC to a float32 tensor of the same shape: value / 255. */
export function toFloat(bytes: Uint8Array, shape: readonly [number, number, number, number]): Tensor4D {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = UNIT[bytes[i]!]!;
  return tensor4d(values, [...shape]);
}
