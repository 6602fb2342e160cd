import path from 'node:path';
import sharp from 'sharp';
import type { RunSummary } from '../events.js';
import type { Scene } from '../report/index.js';
import { type Detail, panelsOf, ZOOM } from '../training/validation/picture.js';

/** Photographs of which pictures are shown, and pictures of the network in all of them. */
const most = { photographs: 24, pictures: 48, ofOne: 8 };

/** Side-by-side pictures by iteration, by the name of the photograph. */
export class SavedPictures {
  readonly #files = new Map<string, Map<number, string>>();

  add(file: string): void {
    const [, name, iter] = /^(.*)_(\d+)$/.exec(path.parse(file).name) ?? [];
    if (name === undefined) return;
    const files = this.#files.get(name) ?? new Map<number, string>();
    this.#files.set(name, files.set(Number(iter), file));
  }

  /** The last picture of each photograph. */
  get last(): [name: string, file: string][] {
    return [...this.#files].map(([name, files]) => [name, inOrder(files).at(-1)![1]]);
  }

  /** Scenes of the photographs, and how many more there are. */
  async scenes({
    validation = [],
  }: Pick<RunSummary, 'validation'>): Promise<{ scenes: Scene[]; more: number }> {
    const shown = [...this.#files].slice(0, most.photographs);
    const each = Math.max(1, Math.min(most.ofOne, Math.floor(most.pictures / shown.length)));
    const resultAt = (iter: number, name: string) =>
      validation.find((one) => one.iter === iter)?.results.find((result) => result.name === name);
    const scenes: Scene[] = [];
    for (const [name, files] of shown) {
      const chosen = spread(inOrder(files), each);
      const network = [];
      for (const [iter, file] of chosen)
        network.push({ iter, png: (await cut(file, [2]))[0]!, psnr: resultAt(iter, name)?.psnr });
      const [iter, file] = chosen.at(-1)!;
      const [lq, bicubic, gt] = await cut(file, [0, 1, 3]);
      scenes.push({
        name,
        lq: lq!,
        bicubic: bicubic!,
        gt: gt!,
        network,
        psnrBicubic: resultAt(iter, name)?.psnrBicubic,
      });
    }
    return { scenes, more: this.#files.size - shown.length };
  }
}

const inOrder = (files: ReadonlyMap<number, string>): [iter: number, file: string][] =>
  [...files].sort(([a], [b]) => a - b);

/** At most `count` of them, evenly, the last one always. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  all.filter((_, i) => {
    const place = (k: number): number => Math.round(((k + 1) * all.length) / Math.min(count, all.length)) - 1;
    return Array.from({ length: Math.min(count, all.length) }, (_, k) => place(k)).includes(i);
  });

/** Panels of a side-by-side picture as PNG, one pixel for each of the detail's. */
async function cut(file: string, panels: readonly number[]): Promise<Buffer[]> {
  const { width, height } = await sharp(file).metadata();
  const places = panelsOf(width, height, 4);
  return Promise.all(panels.map((panel) => onePixelEach(file, places[panel]!)));
}

const onePixelEach = (file: string, { x, y, width, height }: Detail): Promise<Buffer> =>
  sharp(file)
    .extract({ left: x, top: y, width, height })
    .resize(Math.round(width / ZOOM), Math.round(height / ZOOM), { kernel: 'nearest', fit: 'fill' })
    .png({ compressionLevel: 9 })
    .toBuffer();
