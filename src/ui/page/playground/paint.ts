interface Size {
  readonly width: number;
  readonly height: number;
}

interface Lens {
  /** Of the canvas on the page. */
  readonly width: number;
  readonly at?: { readonly x: number; readonly y: number };
  readonly zoom: number;
}

const LENS = 0.44;

/**
 * Draws a picture over the whole canvas, and over a part of it what lies there enlarged. A pixel of the picture stays a
 * square: nothing is made to look smoother than it is.
 */
export function paint(canvas: HTMLCanvasElement, picture: HTMLCanvasElement, scene: Size, lens: Lens): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(lens.width * ratio);
  const height = Math.round((width * scene.height) / scene.width);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) return;
  context.imageSmoothingEnabled = picture.width > width;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  if (!lens.at) return;
  const side = Math.round(LENS * Math.min(width, height));
  // So many pixels of the scene are under the lens; its own pixels are fewer where it is smaller.
  const seen = side / (lens.zoom * ratio);
  const across = picture.width / scene.width;
  const down = picture.height / scene.height;
  const left = Math.max(0, Math.min(width - side, lens.at.x * width - side / 2));
  const top = Math.max(0, Math.min(height - side, lens.at.y * height - side / 2));
  const fromX = Math.max(0, Math.min(scene.width - seen, lens.at.x * scene.width - seen / 2)) * across;
  const fromY = Math.max(0, Math.min(scene.height - seen, lens.at.y * scene.height - seen / 2)) * down;
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, fromX, fromY, seen * across, seen * down, left, top, side, side);
  context.lineWidth = ratio;
  for (const [inset, colour] of [
    [0, '#000c'],
    [1.5 * ratio, '#fffc'],
  ] as const) {
    context.strokeStyle = colour;
    context.strokeRect(left + inset, top + inset, side - 2 * inset, side - 2 * inset);
  }
}
