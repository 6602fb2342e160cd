import { type Html, html } from '../html.js';
import type { Picture } from '../types.js';

const ihdr = [0x49, 0x48, 0x44, 0x52];

/** Width and height from the PNG header, so that the page does not jump while pictures load. */
export function pngSize(png: Uint8Array): { width: number; height: number } | undefined {
  if (png.length < 24 || !ihdr.every((byte, i) => png[12 + i] === byte)) return undefined;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

const dataUri = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`;

function figureOf({ title, png, alt }: Picture): Html {
  const size = pngSize(png);
  const attributes = size && html` width="${size.width}" height="${size.height}"`;
  const panorama = size !== undefined && size.width > 2 * size.height;
  return html`<figure><div class="scroll picture${panorama && ' panorama'}" role="region" aria-label="${title}" tabindex="0"><img src="${dataUri(png)}"${attributes} alt="${alt}"></div><figcaption>${title}</figcaption></figure>`;
}

export const pictureSection = (pictures: readonly Picture[]): Html => html`${pictures.map(figureOf)}`;
