import type { Pixels } from '../../images/pixels.js';
import { reflectPad } from '../../images/reflect.js';
import { view } from '../../images/view.js';
import type { Window } from '../../plan/types.js';

/**
 * The pixels of a window of its (already resized) scale: a view without a copy, or, where the window is larger
 * than the image (`too_small: pad`), a copy padded by reflection.
 */
export function cut(pixels: Pixels, window: Window): Pixels {
  const { x, y, width, height } = window;
  const inside = view(pixels, x, y, Math.min(width, pixels.width - x), Math.min(height, pixels.height - y));
  return reflectPad(inside, width, height);
}
