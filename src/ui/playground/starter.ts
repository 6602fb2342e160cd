import type { Degradation, Json } from '../../degradations/define.js';
import type { Control } from './wire.js';

/** A step that is valid as it stands: without options where they all have defaults, else with the first one that makes it so. */
export async function starterOf(
  operator: Degradation,
  controls: readonly Control[],
  use: string | undefined,
): Promise<Json> {
  const step = (options: Json): Json =>
    use === undefined ? { [operator.name]: options } : { use, with: options };
  const valid = async (options: unknown): Promise<boolean> =>
    (await operator.options['~standard'].validate(options)).issues === undefined;
  const tries = controls
    .filter(({ path }) => path.length === 1)
    .map((control) => ({ [control.path[0]]: someValue(control) }));
  for (const options of [shownRanges(controls), {}, ...tries]) if (await valid(options)) return step(options);
  return step({});
}

/** Ranges say most about an operator, and are what one wants to change. */
const shownRanges = (controls: readonly Control[]): { readonly [key: string]: Json } =>
  Object.fromEntries(
    controls
      .filter(({ kind, path, fallback }) => kind === 'range' && path.length === 1 && isShort(fallback))
      .slice(0, 2)
      .map(({ path, fallback }) => [path[0], fallback as Json]),
  );

const isShort = (fallback: Json | undefined): boolean =>
  fallback !== undefined && JSON.stringify(fallback).length <= 16;

function someValue(control: Control): Json {
  switch (control.kind) {
    case 'range':
      return [control.min, control.max];
    case 'number':
      return control.min;
    case 'choice':
      return control.values[0];
    case 'several':
      return [control.values[0]];
    case 'weights':
      return { [control.words[0].word]: 1 };
    case 'flag':
      return true;
    case 'json':
      return control.fallback ?? null;
  }
}
