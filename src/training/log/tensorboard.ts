import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../events.js';
import { EventWriter } from '../../formats/tfevents/index.js';
import { meansOf } from '../best.js';

/**
 * What a run has to say, as TensorBoard shows it, under BasicSR's tags: losses are `losses/l_...`, other values
 * go by their own names, and validation by `metrics/validation/<metric>`; the pictures are there too.
 */
export class TensorBoard {
  readonly #writer: EventWriter;

  /** @param from the first step of a run that goes on: what an earlier run said of later ones is void */
  constructor(folder: string, from?: number) {
    this.#writer = new EventWriter(folder, { from });
  }

  event(event: RunEvent): void {
    if (event.type === 'iter') {
      const values = Object.entries(event.losses).map(([name, value]) => [
        name.startsWith('l_') ? `losses/${name}` : name,
        value,
      ]);
      this.#writer.scalars(event.iter, { ...Object.fromEntries(values), lr: event.lr });
    } else if (event.type === 'validation') {
      const means = Object.entries(meansOf(event.results));
      const named = means.map(([name, value]) => [`metrics/validation/${name}`, value]);
      this.#writer.scalars(event.iter, Object.fromEntries(named));
    } else if (event.type === 'saved' && event.what === 'picture') this.#picture(event.path);
  }

  close(): void {
    this.#writer.sync();
    this.#writer.close();
  }

  #picture(file: string): void {
    const [, name, iter] = /^(.*)_(\d+)$/.exec(path.parse(file).name) ?? [];
    if (name === undefined) return;
    const png = readFileSync(file);
    // The size stands in the first chunk of every PNG.
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    this.#writer.image(Number(iter), { tag: `validation/${name}`, png, width, height });
  }
}
