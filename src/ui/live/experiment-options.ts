import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

export interface ExperimentOptions {
  readonly text?: string;
  /** Values by their dotted paths, e.g. `train.optim_g.lr`. */
  readonly values: Readonly<Record<string, string>>;
  readonly totalIter: number;
}

/** The options an experiment was run with: options.yml, or in a folder of BasicSR its only option file. */
export async function optionsOf(folder: string): Promise<ExperimentOptions> {
  const names = (await readdir(folder).catch((): string[] => []))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  const name = names.includes('options.yml') ? 'options.yml' : names[0];
  if (name === undefined) return { values: {}, totalIter: 0 };
  const text = await readFile(path.join(folder, name), 'utf8').catch(() => '');
  const values = Object.fromEntries(flat(parsed(text)));
  return { text, values, totalIter: Number(values['train.total_iter'] ?? 0) };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    // It may be half written, or no file of ours.
    return undefined;
  }
}

function flat(value: unknown, at = ''): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, at === '' ? key : `${at}.${key}`));
  }
  return at === '' ? [] : [[at, typeof value === 'string' ? value : JSON.stringify(value)]];
}

/** Options in which runs differ, one row an option, a value a run; undefined where a run has no such option. */
export function differing(
  runs: readonly Readonly<Record<string, string>>[],
): { readonly option: string; readonly values: readonly (string | undefined)[] }[] {
  // The name of a run stands above its column.
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))]
    .filter((name) => name !== 'name')
    .sort();
  return names
    .map((option) => ({ option, values: runs.map((run) => run[option]) }))
    .filter(({ values }) => new Set(values).size > 1);
}
