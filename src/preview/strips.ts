import { lossless } from './picture.js';
import type { Cell, SheetRow } from './sheet.js';
import type { Picture, PreviewData, TracedPair } from './types.js';
import { inWords, pictureOf, spaced } from './words.js';

const titleOf = (name: string, of: string): string => spaced(name) + (of === 'lq' ? '' : ` (${of})`);

const sizeOf = ({ width, height }: Picture): string => `${width}x${height}`;
const cell = (title: string, picture: Picture): Cell => ({ title, words: sizeOf(picture), picture });

/** The samples of a preview as rows of a contact sheet: (the photograph,) gt, lq after every step. */
export const previewRows = ({ samples }: PreviewData): SheetRow[] =>
  samples.map(({ id, original, gt, lq, steps }) => ({
    title: id,
    cells: [
      ...(original ? [cell('original', original)] : []),
      cell('gt', gt),
      ...steps.map(({ name, of, words, image }) => ({ title: titleOf(name, of), words, picture: image })),
      cell('lq', lq),
    ],
  }));

/** A rebuilt pair as a row of a contact sheet. */
export async function tracedRow({ record, original, gt, lq, steps }: TracedPair): Promise<SheetRow> {
  return {
    title: record.id,
    cells: [
      ...(steps.some(({ on }) => on !== 'lq') ? [cell('original', await lossless(original))] : []),
      cell('gt', await lossless(gt)),
      ...(await Promise.all(
        steps.map(async ({ name, params, image }, i) => ({
          title: titleOf(name, pictureOf(steps, i)),
          words: inWords(params),
          picture: await lossless(image),
        })),
      )),
      cell('lq', await lossless(lq)),
    ],
  };
}
