import { bytesToFloat, floatToBytes } from '../../degradations/convert.js';
import type { FloatImage } from '../../degradations/define.js';
import { resample } from '../../degradations/resample.js';
import type { Pixels } from '../../images/pixels.js';

/** Antialiased bicubic resampling of an 8-bit image: the very one that the `bicubic` degradation applies. */
export function resized(image: Pixels, width: number, height: number): Pixels {
  const floats = planar(image.width, image.height);
  bytesToFloat(image.data, { origin: 0, dx: image.channels, dy: image.stride }, floats);
  const out = pixels(width, height);
  const to = { width, height };
  floatToBytes(resample(floats, to, 'bicubic', planar), { x: 0, y: 0, ...to }, out.data);
  return out;
}

/** The top left part whose sides are multiples of `scale`; a view. */
export function multipleOf(image: Pixels, scale: number): Pixels {
  const { width, height } = image;
  return { ...image, width: width - (width % scale), height: height - (height % scale) };
}

/** Every pixel repeated `factor` times in both directions. */
export function nearest(image: Pixels, factor: number): Pixels {
  const out = pixels(image.width * factor, image.height * factor);
  for (let y = 0; y < out.height; y++)
    for (let x = 0; x < out.width; x++) {
      const from = Math.floor(y / factor) * image.stride + Math.floor(x / factor) * image.channels;
      const to = y * out.stride + x * 3;
      for (let c = 0; c < 3; c++) out.data[to + c] = image.data[from + c]!;
    }
  return out;
}

/** The RGB of a rectangle, copied. */
export function cut(image: Pixels, x: number, y: number, width: number, height: number): Pixels {
  const out = pixels(width, height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = (y + row) * image.stride + (x + column) * image.channels;
      const to = row * out.stride + column * 3;
      for (let c = 0; c < 3; c++) out.data[to + c] = image.data[from + c]!;
    }
  return out;
}

/** A black RGB image. */
export function pixels(width: number, height: number): Pixels {
  return { data: new Uint8Array(3 * width * height), width, height, channels: 3, stride: 3 * width };
}

const planar = (width: number, height: number): FloatImage => ({
  width,
  height,
  data: new Float32Array(3 * width * height),
});
