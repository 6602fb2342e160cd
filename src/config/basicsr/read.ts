import type { z } from 'zod';
import { EsrganError } from '../../errors.js';
import { TrainOptions } from '../../training/options.js';
import { refuseOther } from '../kind-of-file.js';
import { type Override, put } from '../overrides.js';
import { check, invalid, type ReadFrom, spotOf, without } from '../parse.js';
import { label, type Problem } from '../problems.js';
import { readYaml, type Spot } from '../yaml-file.js';
import { debugName, isTrial, trialValues } from './debug.js';
import { forceYml } from './force-yml.js';
import { idleKeys } from './idle-keys.js';
import { modelProblems } from './model-rules.js';
import type { OptionFile } from './option-file.js';
import { optionFileSchema } from './rules.js';
import { isMapping, placeInFile, trainInput, validationSets } from './train-input.js';

export interface ReadFlags {
  /** `--force_yml` entries: `train:total_iter=1000`. */
  readonly force?: readonly string[];
  /** A short trial run, as BasicSR's `--debug`. */
  readonly debug?: boolean;
  /** Go on from the newest training state of the experiment, if there is one. */
  readonly autoResume?: boolean;
  /** Pass over keys that are not known, as BasicSR does, instead of refusing them. */
  readonly allowUnknown?: boolean;
  /** Instead of `manual_seed`. */
  readonly seed?: number;
  /** Further values to put in before anything else. */
  readonly overrides?: readonly Override[];
}

/** Something in an option file that changes nothing, or more than one may think. */
export interface Notice extends Spot {
  readonly kind: 'dead' | 'needless' | 'unknown' | 'trial';
  /** The key by its path, e.g. `datasets.train.use_shuffle`. */
  readonly key: string;
  /** Empty where there is nothing to say but that the key is not needed. */
  readonly message: string;
}

export interface ReadOptions {
  readonly options: OptionFile;
  readonly train: TrainOptions;
  /** `train` without its defaults. */
  readonly given: z.input<typeof TrainOptions>;
  readonly notices: readonly Notice[];
  /** Where a key stands, by the path a user would write, e.g. `datasets.train.dataroot_gt`. */
  spot(key: string): Spot;
}

/**
 * Checks the text of an option file of BasicSR or Real-ESRGAN.
 *
 * @throws EsrganError CONFIG_SYNTAX, CONFIG_INVALID with up to five places, CONFIG_OVERRIDE
 */
export function readOptions(text: string, file: string, flags: ReadFlags = {}): ReadOptions {
  const yaml = readYaml(text, file);
  if (!isMapping(yaml.value))
    throw new EsrganError('CONFIG_INVALID', 'this is not an option file', {
      place: { file },
      remedy: 'An option file is a list of keys and values, as those in options/.',
    });
  refuseOther(yaml.value, file, 'options');
  const { value, overrides } = overridden(yaml.value, flags);
  const origins = overrides.map(({ path, text: written }) => ({ path, text: written })).reverse();
  const from = { yaml, text, origins };
  const idle = idleKeys(value);
  const awake = idle.reduce<unknown>((rest, { path }) => without(rest, path), value);
  const { unknown, ...checked } = checkAll(awake, from, flags.allowUnknown === true);
  const trial = isTrial(value) && !flags.debug ? [trialNotice(from)] : [];
  const told = [
    ...idle.map(({ path, kind, why = '' }) => notice(from, { path, at: 'key', message: why }, kind)),
    ...unknown.map((problem) => notice(from, problem, 'unknown')),
  ];
  const spot = (key: string): Spot => spotOf(from, { path: key.split('.'), at: 'value' });
  return { ...checked, notices: [...trial, ...told], spot };
}

/** The values of a file with everything that the command line changes, in BasicSR's order. */
function overridden(file: unknown, { overrides = [], force = [], debug, autoResume, seed }: ReadFlags) {
  const all: Override[] = [];
  let value = file;
  const apply = (more: readonly Override[]): void => {
    for (const override of more) value = put(value, override.path, override);
    all.push(...more);
  };
  apply(overrides);
  for (const written of force) apply([forceYml(written, value)]);
  if (debug) apply(debugName(value));
  if (isTrial(value)) apply(trialValues(value));
  if (autoResume) apply([{ path: ['path', 'resume_state'], value: 'auto', text: '--auto_resume' }]);
  if (seed !== undefined) apply([{ path: ['manual_seed'], value: seed, text: `--seed ${seed}` }]);
  return { value, overrides: all };
}

interface Checked extends Pick<ReadOptions, 'options' | 'train' | 'given'> {
  readonly unknown: readonly Problem[];
}

/** Both halves of a file; when unknown keys are allowed they are taken out one layer after the other. */
function checkAll(value: unknown, from: ReadFrom, allowUnknown: boolean): Checked {
  const stream = check(optionFileSchema(validationSets(value)), value);
  const input = trainInput(value);
  const training = check(TrainOptions, input);
  if (stream.ok && training.ok) {
    const problems = modelProblems(stream.data, training.data, value);
    if (problems.length > 0) throw invalid(problems, from);
    const given = training.value as z.input<typeof TrainOptions>;
    return { options: stream.data, train: training.data, given, unknown: [] };
  }
  const problems = distinct([
    ...(stream.ok ? [] : stream.problems),
    ...(training.ok ? [] : training.problems.map((p) => ({ ...p, path: placeInFile(p.path, value) }))),
  ]);
  const unknown = problems.filter(({ kind }) => kind === 'unknown');
  if (!allowUnknown || unknown.length === 0) throw invalid(problems, from);
  const rest = unknown.reduce<unknown>((left, { path }) => without(left, path), value);
  const checked = checkAll(rest, from, allowUnknown);
  return { ...checked, unknown: [...unknown, ...checked.unknown] };
}

/** A key that both halves look at is reported once, and a list whose entry is wrong only with that entry. */
const distinct = (problems: readonly Problem[]): Problem[] =>
  problems.filter(
    ({ path }, i) =>
      !problems.some((other, j) => within(other.path, path) && (other.path.length > path.length || j < i)),
  );

const within = (inner: Problem['path'], outer: Problem['path']): boolean =>
  outer.every((key, i) => inner[i] === key);

function notice(from: ReadFrom, problem: Problem, kind: Notice['kind']): Notice {
  return { kind, key: label(problem.path), message: problem.message, ...spotOf(from, problem) };
}

const trialNotice = (from: ReadFrom): Notice =>
  notice(
    from,
    {
      path: ['name'],
      at: 'value',
      message:
        'a name with "debug" in it makes a trial run, as in BasicSR: print_freq 1, save_checkpoint_freq 8',
    },
    'trial',
  );
