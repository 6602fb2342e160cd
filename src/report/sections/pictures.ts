import { count, decibels } from '../format.js';
import { type Html, html, visible } from '../html.js';
import { attribute, both, option } from '../say.js';
import type { Reached, Scene } from '../types.js';
import type { Words } from '../words.js';

const ihdr = [0x49, 0x48, 0x44, 0x52];

/** Width and height from the PNG header, so that the page does not jump while pictures load. */
export function pngSize(png: Uint8Array): { width: number; height: number } | undefined {
  if (png.length < 24 || !ihdr.every((byte, i) => png[12 + i] === byte)) return undefined;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

const dataUri = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`;

type Say = (words: Words) => string;

function image(png: Uint8Array, alt: Say, kind: string): Html {
  const size = pngSize(png);
  const attributes = size && html` width="${size.width}" height="${size.height}"`;
  return html`<img src="${dataUri(png)}"${attributes} data-kind="${kind}"${attribute('alt', alt)}>`;
}

const figure = (name: string, kind: string, png: Uint8Array, what: Say, detail?: string): Html =>
  html`<figure>${image(png, (w) => w.pictureAlt(name, `${what(w)}${detail ? `, ${detail}` : ''}`), kind)}<figcaption>${both(what)}${detail && html`<small>${detail}</small>`}</figcaption></figure>`;

const reached = ({ psnr }: Reached): string | undefined => (psnr === undefined ? undefined : decibels(psnr));

const kinds: Readonly<Record<'lq' | 'bicubic' | 'network' | 'gt', Say>> = {
  lq: (w) => w.lq,
  bicubic: (w) => w.bicubic,
  network: (w) => w.network,
  gt: (w) => w.gt,
};

/** The frame that a script fills with two of the pictures below it, one over the other. */
function comparison({ name, network }: Scene): Html {
  const choices = (chosen: keyof typeof kinds): Html[] =>
    Object.entries(kinds).map(([kind, say]) => option(kind, say, kind === chosen));
  const last = network.length - 1;
  const iterations =
    last > 0 &&
    html`<label class="iterations">${both((w) => w.networkAt)} <input type="range" class="iteration" min="0" max="${last}" value="${last}" data-steps="${JSON.stringify(network.map(({ iter }) => count(iter)))}"${attribute('aria-label', (w) => w.networkAt)}><output>${count(network[last].iter)}</output></label>`;
  return html`<div class="comparison" hidden><div class="compare" data-name="${name}"><img class="over" alt=""><img class="under" alt=""><span class="compare-label left" aria-hidden="true"></span><span class="compare-label right" aria-hidden="true"></span><span class="compare-border" aria-hidden="true"></span><input class="compare-slider" type="range" min="0" max="100" step="0.5" value="50"${attribute('aria-label', (w) => w.compareLabel(name))}></div><div class="choices"><label>${both((w) => w.leftPicture)} <select class="left-choice">${choices('bicubic')}</select></label><label>${both((w) => w.rightPicture)} <select class="right-choice">${choices('network')}</select></label>${iterations}</div></div>`;
}

function scene(one: Scene): Html {
  const { name, lq, bicubic, gt, network } = one;
  const last = network[network.length - 1];
  const earlier = network.slice(0, -1);
  return html`<article class="scene"><h3>${visible(name)}</h3>
<div class="views">${comparison(one)}
<div class="row">${figure(name, 'lq', lq, (w) => w.lq)}${figure(name, 'bicubic', bicubic, (w) => w.bicubic, one.psnrBicubic === undefined ? undefined : decibels(one.psnrBicubic))}${figure(name, `network-${network.length - 1}`, last.png, (w) => w.network, reached(last))}${figure(name, 'gt', gt, (w) => w.gt)}</div></div>
${earlier.length > 0 && html`<details class="film"><summary>${both((w) => w.earlier(earlier.length))}</summary><div class="row">${earlier.map((step, i) => figure(name, `network-${i}`, step.png, (w) => w.atIteration(step.iter), reached(step)))}</div></details>`}</article>`;
}

/** lq, bicubic, network and gt of every photograph that was held back: side by side, and one over the other. */
export const pictureSection = (
  scenes: readonly Scene[],
  more: number,
): Html => html`<p>${both((w) => w.picturesAbout)}</p>
${scenes.map(scene)}${more > 0 && html`<p class="empty">${both((w) => w.morePictures(more))}</p>`}`;
