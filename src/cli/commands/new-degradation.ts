import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../../config/package-root.js';
import { degradations } from '../../degradations/index.js';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { visible } from '../display/escape.js';
import { quote } from '../execute.js';
import { type Io, print } from '../io.js';
import { operatorText } from '../templates/operator.js';
import { pipelineText } from '../templates/pipeline.js';
import { testText } from '../templates/test.js';

export interface NewDegradationFlags {
  readonly dir: string;
}

/** Writes an operator that works, its test, and a pipeline that uses it. Never overwrites. */
export async function newDegradation(name: string, { dir }: NewDegradationFlags, io: Io): Promise<number> {
  checkName(name);
  const folder = path.resolve(dir);
  const files = {
    [`${name}.ts`]: operatorText(name),
    [`${name}.test.mjs`]: testText(name, packageFrom(folder)),
    [`${name}.yml`]: pipelineText(name, photographsFrom(folder), schemaFrom(folder)),
  };
  for (const file of Object.keys(files)) mustBeFree(path.join(folder, file));
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFileAtomic(path.join(folder, file), text);
  const at = (file: string): string => quote(path.join(dir, file));
  print(io.stdout, [
    ...Object.keys(files).map((file) => visible(path.join(dir, file))),
    '',
    `test it:  node --test ${at(`${name}.test.mjs`)}`,
    `see it:   esrgan preview ${at(`${name}.yml`)}`,
    `run it:   esrgan run ${at(`${name}.yml`)}`,
  ]);
  return 0;
}

function checkName(name: string): void {
  const fail = (why: string, remedy: string): never => {
    throw new EsrganError('NEW_NAME', `${visible(name)} ${why}`, { remedy });
  };
  if (name.length > 64 || !/^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(name))
    fail('cannot be the name of a degradation', 'Use small letters, digits and hyphens, as in film-grain.');
  if (degradations.has(name.replaceAll('-', '_')))
    fail('is the name of a built-in degradation', `Choose another one, e.g. my-${name}.`);
}

function mustBeFree(file: string): void {
  if (!existsSync(file)) return;
  throw new EsrganError('NEW_EXISTS', `${visible(file)} is there already`, {
    place: { file },
    remedy: 'Choose another name or --dir; nothing was written.',
  });
}

/** How a file in that folder imports this package: by name where it is installed, else by path. */
function packageFrom(folder: string): string {
  try {
    createRequire(path.join(folder, 'any.js')).resolve('esrgan-stream/degradation');
    return 'esrgan-stream/degradation';
  } catch {
    return relative(folder, path.join(packageRoot, 'dist', 'degradation.js'));
  }
}

/** The sample photographs where there are any, as the pipeline file names them. */
function photographsFrom(folder: string): string | undefined {
  const sample = path.join('datasets', 'sample');
  const near = [process.cwd(), folder].some((base) => existsSync(path.join(base, sample)));
  if (near) return 'datasets/sample';
  const shipped = path.join(packageRoot, sample);
  return existsSync(shipped) ? slashes(shipped) : undefined;
}

const schemaFrom = (folder: string): string =>
  relative(folder, path.join(packageRoot, 'schemas', 'pipeline.schema.json'));

const slashes = (file: string): string => file.split(path.sep).join('/');

function relative(folder: string, file: string): string {
  const way = slashes(path.relative(folder, file));
  return way.startsWith('.') ? way : `./${way}`;
}
