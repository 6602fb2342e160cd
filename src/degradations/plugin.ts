import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EsrganError } from '../errors.js';
import { placeOf } from './blame.js';
import type { Degradation } from './define.js';

const own = {
  'esrgan-stream': new URL('../index.js', import.meta.url),
  'esrgan-stream/degradation': new URL('../degradation.js', import.meta.url),
};

/** What a plug-in may import without having it installed beside itself. */
const alias = {
  'esrgan-stream': fileURLToPath(own['esrgan-stream']),
  zod: createRequire(import.meta.url).resolve('zod'),
};

/** The same, as loaded already: a plug-in then works in the memory in which the built-in operators work. */
async function loaded(file: string): Promise<Record<string, unknown>> {
  const whole = /['"]esrgan-stream['"]/.test(await readFile(file, 'utf8').catch(() => ''));
  const light = 'esrgan-stream/degradation';
  return {
    zod: await import('zod'),
    [light]: await import(own[light].href),
    // Slow to load, so only where it is wanted.
    ...(whole && { 'esrgan-stream': await import(own['esrgan-stream'].href) }),
  };
}

const isPath = (use: string): boolean => use.startsWith('.') || path.isAbsolute(use);

/**
 * Loads a plug-in: the default export of a .js, .mjs or .ts file (relative to `baseFolder`) or of a package
 * that is installed there. It is loaded once, unless it is wanted `anew` because its file has changed. Throws EsrganError PLUGIN_MISSING, PLUGIN_FAILED or PLUGIN_SHAPE.
 */
export async function loadDegradation(use: string, baseFolder: string, anew = false): Promise<Degradation> {
  const file = path.resolve(baseFolder, use);
  if (isPath(use) && !existsSync(file)) {
    throw new EsrganError('PLUGIN_MISSING', `plug-in ${use} does not exist: there is no ${file}`, {
      remedy: 'Write the path relative to the pipeline file, with its extension.',
    });
  }
  // Loaded at first use: most pipelines have no plug-in.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(path.join(path.resolve(baseFolder), 'pipeline.js'), {
    alias,
    virtualModules: await loaded(file),
    fsCache: false,
    interopDefault: false,
    moduleCache: !anew,
  });
  const id = isPath(use) ? file : jiti.esmResolve(use, { try: true });
  if (id === undefined) {
    throw new EsrganError('PLUGIN_MISSING', `plug-in ${use}: no package of that name is installed`, {
      remedy: `Install it (npm install ${use}), or write a file as ./${use}.`,
    });
  }
  const found = await importDefault(jiti.import, id, use);
  const wrong = shapeProblem(found);
  if (wrong === undefined) return found as Degradation;
  throw new EsrganError('PLUGIN_SHAPE', `plug-in ${use}: ${wrong}`, {
    place: isPath(use) ? { file } : undefined,
    remedy: 'Write `export default defineDegradation({ name, options, sample, apply })`.',
  });
}

async function importDefault(
  load: (id: string) => Promise<unknown>,
  id: string,
  use: string,
): Promise<unknown> {
  try {
    const loaded = (await load(id)) as { readonly default?: unknown; readonly apply?: unknown };
    // A CommonJS file may assign the degradation to module.exports.
    return loaded.default ?? (loaded.apply && loaded);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // Errors of syntax end with the place.
    const [, why, line, column] = /^(.*?)\s+\S+:(\d+):(\d+)\s*$/s.exec(message) ?? [undefined, message];
    const within = line ? { line: Number(line), column: Number(column) } : placeOf(cause);
    throw new EsrganError('PLUGIN_FAILED', `plug-in ${use} cannot be loaded: ${why}`, {
      cause,
      place: isPath(use) ? { file: id, ...within } : undefined,
      remedy: 'Correct the plug-in.',
    });
  }
}

function shapeProblem(found: unknown): string | undefined {
  if (found === undefined || found === null) return 'it has no default export';
  const made = found as Partial<Record<keyof Degradation, unknown>>;
  if (typeof made.name !== 'string' || made.name === '') return 'its default export has no `name`';
  const schema = made.options as Partial<Degradation['options']> | undefined;
  if (typeof schema?.['~standard']?.validate !== 'function')
    return 'its `options` are not a Standard Schema (zod ...)';
  for (const key of ['sample', 'apply'] as const) {
    if (typeof made[key] !== 'function') return `its \`${key}\` is not a function`;
  }
  return undefined;
}
