import { readFile } from 'node:fs/promises';
import { suggestion } from '../../config/suggest.js';
import { type PresetName, presetNames, presetPath } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { type Io, print } from '../io.js';

/** Prints a preset with the presets that it includes written out, or all of them with a line each. */
export async function preset(name: string | undefined, io: Io): Promise<number> {
  if (name === undefined) {
    const widest = Math.max(...presetNames.map((known) => known.length));
    print(
      io.stdout,
      await Promise.all(
        presetNames.map(async (known) => `${known.padEnd(widest)}  ${purpose(await textOf(known))}`),
      ),
    );
    return 0;
  }
  const known = presetNames.find((one) => one === name);
  if (known === undefined)
    throw new EsrganError(
      'PRESET_UNKNOWN',
      `there is no preset ${name}${suggestion(name, presetNames, 'presets')}`,
      { remedy: 'Run `esrgan preset` for a list.' },
    );
  io.stdout.write(await writtenOut(known));
  return 0;
}

const textOf = (name: PresetName): Promise<string> => readFile(presetPath(name), 'utf8');

/** A preset whose includes are replaced by what they stand for, comments and all: to be read, copied and changed. */
async function writtenOut(name: PresetName): Promise<string> {
  const parts = (await textOf(name)).split(/^- preset: (\w+) *\n/m);
  // Every second part is the name of an include.
  const written = parts.map((part, i) => (i % 2 === 1 ? writtenOut(part as PresetName) : part));
  return (await Promise.all(written)).join('');
}

/** The first sentence of the comment that a preset begins with. */
function purpose(text: string): string {
  const comment = /^(?:#(?! yaml-language-server).*\n)+/m.exec(text)?.[0] ?? '';
  const words = comment.replaceAll(/^# ?/gm, '').replaceAll('\n', ' ').trim();
  return /^(.*?)[.:](?=\s|$)/.exec(words)?.[1] ?? words;
}
