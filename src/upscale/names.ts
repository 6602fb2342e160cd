import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../errors.js';
import { type OutputFormat, outputFormats } from './write.js';

/** UTF-8 bytes sort as code points do; JavaScript's own order is that of UTF-16 units. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The files that inputs stand for: themselves, or what lies directly in a folder and is not hidden, in order.
 * @throws EsrganError `UPSCALE_INPUT` when there is no such file or folder, or nothing in a folder
 */
export async function filesOf(inputs: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const input of inputs) {
    const stats = await stat(input).catch((cause: unknown) => {
      throw nothing(`there is no file or folder ${input}`, input, cause);
    });
    if (!stats.isDirectory()) {
      files.push(input);
      continue;
    }
    const names = (await readdir(input)).filter((name) => !name.startsWith('.')).sort(byCodePoint);
    if (names.length === 0) throw nothing(`the folder ${input} is empty`, input);
    files.push(...names.map((name) => path.join(input, name)));
  }
  return files;
}

function nothing(problem: string, input: string, cause?: unknown): EsrganError {
  return new EsrganError('UPSCALE_INPUT', problem, {
    place: { file: input },
    remedy: 'Name pictures, or folders that hold some.',
    cause,
  });
}

const usual: Readonly<Record<string, OutputFormat>> = {
  '.png': 'png',
  '.jpg': 'jpg',
  '.jpeg': 'jpg',
  '.webp': 'webp',
};

/** The format asked for, or that of the input where it can be written, else PNG. */
export const formatFor = (input: string, wanted?: OutputFormat): OutputFormat =>
  wanted ?? usual[path.extname(input).toLowerCase()] ?? outputFormats[0];

/** `photo.png` as `<out>/photo_out.png`. */
export function outputFor(input: string, out: string, suffix: string, format: OutputFormat): string {
  const { name } = path.parse(input);
  return path.join(out, `${suffix === '' ? name : `${name}_${suffix}`}.${format}`);
}
