import sharp, { type OverlayOptions } from 'sharp';
import { captionSvg } from '../training/validation/caption.js';
import type { Picture } from './types.js';

/** One picture of a contact sheet; `words` are cut where they do not fit. */
export interface Cell {
  readonly title: string;
  readonly words: string;
  readonly picture: Picture;
}

export interface SheetRow {
  readonly title: string;
  readonly cells: readonly Cell[];
}

const CELL = 256;
const GAP = 8;
const TITLE = 24;
const LINE = 12;
const LINES = 2;
/** Letters are five dots wide and one apart. */
const LETTERS = Math.floor(CELL / 6) - 1;
const BLOCK = CELL + TITLE + LINES * LINE + GAP;
const HEADING = 28;
const BACKGROUND = '#202020';

/** More steps than this go on in a second line below. */
const MOST_COLUMNS = 8;

/** A PNG of rows of pictures, each in a square of the same size: enlarged by whole pixels, or reduced to fit. */
export async function contactSheet(rows: readonly SheetRow[]): Promise<Uint8Array> {
  const widest = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const columns = Math.min(MOST_COLUMNS, widest);
  const width = GAP + columns * (CELL + GAP);
  const layers: OverlayOptions[] = [];
  let top = GAP;
  for (const { title, cells } of rows) {
    layers.push({
      input: caption(title, Math.min(width - 2 * GAP, title.length * 12 + 12), HEADING),
      left: GAP,
      top,
    });
    top += HEADING;
    for (const [i, cell] of cells.entries()) {
      const left = GAP + (i % columns) * (CELL + GAP);
      layers.push(...(await draw(cell, left, top + Math.floor(i / columns) * BLOCK)));
    }
    top += Math.ceil(cells.length / columns) * BLOCK + GAP;
  }
  return sharp({
    create: { width, height: top, channels: 3, background: BACKGROUND },
    limitInputPixels: false,
  })
    .composite(layers)
    .removeAlpha()
    .png()
    .toBuffer();
}

async function draw({ title, words, picture }: Cell, left: number, top: number): Promise<OverlayOptions[]> {
  const { width, height, bytes } = picture;
  const zoom = CELL / Math.max(width, height);
  const input = await sharp(bytes)
    .resize(Math.max(1, Math.round(width * zoom)), Math.max(1, Math.round(height * zoom)), {
      kernel: zoom > 1 ? 'nearest' : 'lanczos3',
      fit: 'fill',
    })
    .png()
    .toBuffer();
  const lines = wrapped(words).map((line, i) => ({
    input: caption(line, CELL, LINE),
    left,
    top: top + CELL + TITLE + i * LINE,
  }));
  return [{ input, left, top }, { input: caption(title, CELL, TITLE), left, top: top + CELL }, ...lines];
}

const caption = (text: string, width: number, height: number): Buffer =>
  Buffer.from(captionSvg(text, width, height));

/** Words in lines of a cell's width. */
function wrapped(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = `${lines[lines.length - 1]} ${word}`.trim();
    if (line.length <= LETTERS) lines[lines.length - 1] = line;
    else lines.push(word.slice(0, LETTERS));
  }
  if (lines.length <= LINES) return lines;
  const last = `${lines[LINES - 1].slice(0, LETTERS - 4)} ...`;
  return [...lines.slice(0, LINES - 1), last];
}
