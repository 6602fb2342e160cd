import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { range } from '../range.js';
import { drawWord, words } from '../words.js';
import { cellSide, type Dot, dots, inkThresholds } from './spot.js';

const inks = ['gray', 'rgb', 'cmyk'] as const;

const options = z
  .strictObject({
    dot_size: range(z.number().min(2).max(64))
      .default([4, 10])
      .describe('Distance of neighbouring dots in pixels.'),
    angle: range(z.number().min(-360).max(360))
      .default([0, 90])
      .describe('Rotation of the screen in degrees.'),
    dot: words(dots).default({ circle: 1 }).describe('Shape of the dots.'),
    color: words(inks)
      .default({ gray: 1 })
      .describe('gray: black dots; rgb: each channel by itself; cmyk: four printing inks.'),
  })
  .describe('Print with dots of full ink whose size follows the tone (halftone).');

type Params = {
  readonly dot_size: number;
  readonly angle: number;
  readonly dot: Dot;
  readonly color: (typeof inks)[number];
};

function sample(rng: Rng, { dot_size, angle, dot, color }: z.infer<typeof options>): Params {
  return {
    dot_size: rng.uniform(...dot_size),
    angle: rng.uniform(...angle),
    dot: drawWord(rng, dot),
    color: drawWord(rng, color),
  };
}

/** Is place (x, y) covered when the tone asks for that share of ink? */
type Screen = (x: number, y: number, ink: number) => boolean;

function createScreen({ dot_size, dot }: Params, angle: number): Screen {
  const thresholds = inkThresholds(dot);
  const theta = (angle * Math.PI) / 180;
  const across = Math.cos(theta) / dot_size;
  const down = Math.sin(theta) / dot_size;
  const place = (cells: number) => Math.min(cellSide - 1, Math.floor((cells - Math.floor(cells)) * cellSide));
  return (x, y, ink) => {
    const u = place((x + 0.5) * across + (y + 0.5) * down);
    const v = place((y + 0.5) * across - (x + 0.5) * down);
    return ink > thresholds[v * cellSide + u];
  };
}

/** Angles between the screens of different inks, so that their dots do not fall onto each other. */
const turns = [0, 30, 60, 45] as const;

function apply(image: FloatImage, params: Params): FloatImage {
  const { width, height, data } = image;
  const plane = width * height;
  const screens = turns.map((turn) => createScreen(params, params.angle + turn));
  const paper = new Float64Array(3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      for (let c = 0; c < 3; c++) paper[c] = data[at + c * plane];
      printPixel(paper, params.color, (screen, ink) => screens[screen](x, y, ink));
      for (let c = 0; c < 3; c++) data[at + c * plane] = paper[c];
    }
  }
  return image;
}

function printPixel(
  colour: Float64Array,
  inks: Params['color'],
  covered: (screen: number, ink: number) => boolean,
): void {
  if (inks === 'gray') {
    const luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    colour.fill(covered(0, 1 - luma) ? 0 : 1);
    return;
  }
  const white = inks === 'cmyk' ? Math.min(1, Math.max(colour[0], colour[1], colour[2])) : 1;
  const black = inks === 'cmyk' && covered(3, 1 - white);
  for (let c = 0; c < 3; c++) {
    const ink = white > 0 ? 1 - colour[c] / white : 0;
    colour[c] = black || covered(c, ink) ? 0 : 1;
  }
}

/**
 * Every pixel becomes 0 or 1 in each channel: covered where the share of ink exceeds the threshold of its place in a
 * turned grid of cells. In gray and rgb, areas of one tone keep their mean.
 */
export const screentone = defineDegradation({ name: 'screentone', options, sample, apply, reach: () => 0 });
