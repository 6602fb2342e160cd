import { readFile } from 'node:fs/promises';
import { suggestion } from '../../config/suggest.js';
import { presetNames, presetPath } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { type Io, print } from '../io.js';

/** Prints a preset as it is written, or all of them with a line each. */
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
  io.stdout.write(await textOf(known));
  return 0;
}

const textOf = (name: (typeof presetNames)[number]): Promise<string> => readFile(presetPath(name), 'utf8');

/** The first sentence of the comment that a preset begins with. */
function purpose(text: string): string {
  const comment = /^(?:#(?! yaml-language-server).*\n)+/m.exec(text)?.[0] ?? '';
  const words = comment.replaceAll(/^# ?/gm, '').replaceAll('\n', ' ').trim();
  return /^(.*?)[.:](?=\s|$)/.exec(words)?.[1] ?? words;
}
