import type { Control, Scale, StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useAbout } from './about.js';
import { useBench, useBenchState } from './context.js';
import { ControlRow } from './control.js';
import { texts } from './words.js';

const share: Scale = { min: 0, max: 1, least: 0, most: 1, step: 0.01, whole: false, log: false };
const count: Scale = { min: 0, max: 8, least: 0, most: 64, step: 1, whole: true, log: false };

/** All that can be changed of a step. */
export function Options({ step, disabled }: { readonly step: StepNode; readonly disabled: boolean }) {
  const words = useWords(texts);
  const about = useAbout();
  const operators = useBenchState((state) => state.opening?.operators);
  const row = useBenchState((state) => state.rows.findLast(({ key }) => key === step.key));
  const entry = operators?.find(({ name, use }) =>
    step.use === undefined ? name === step.name && !use : use === step.use,
  );
  const inside = step.use === undefined ? step.name : 'with';
  const number = (name: string, meaning: string, scale: Scale): Control => ({
    kind: 'number',
    path: [name],
    about: meaning,
    fallback: 1,
    ...scale,
  });
  const frame = { step, disabled, drawn: [] };
  return (
    <>
      {entry?.about && <p class="about">{about(entry.about)}</p>}
      {step.kind === 'preset' && <Unfold step={step} />}
      {entry?.controls.map((control) => (
        <ControlRow
          key={control.path.join('.')}
          {...{ step, control, disabled }}
          at={[inside, ...control.path]}
          value={valueAt(step.values, control.path)}
          drawn={drawnOf(row?.params, control)}
        />
      ))}
      {step.times && (
        <ControlRow
          {...frame}
          control={{ kind: 'range', path: [words.times], fallback: [1, 1], ...count }}
          at={['repeat', 'times']}
          value={step.times}
        />
      )}
      {step.weight !== undefined && (
        <ControlRow
          {...frame}
          control={number(words.weight, words.weightAbout, { ...share, max: 1, most: undefined, step: 0.01 })}
          at={['weight']}
          value={step.weight}
        />
      )}
      <ControlRow
        {...frame}
        control={number(words.prob, words.probAbout, share)}
        at={['prob']}
        value={step.prob}
      />
      {(step.kind === 'operator' || step.kind === 'use') && (
        <ControlRow
          {...frame}
          control={{ kind: 'choice', path: [words.on], fallback: 'lq', values: ['lq', 'gt', 'both'] }}
          at={['on']}
          value={step.on}
        />
      )}
    </>
  );
}

/** Takes the steps of a preset into the file. */
export function Unfold({ step }: { readonly step: StepNode }) {
  const words = useWords(texts);
  const bench = useBench();
  return (
    <button
      type="button"
      class="unfold"
      title={words.unfoldHint}
      onClick={() => bench.edit({ op: 'unfold', path: [...step.path] })}
    >
      {words.unfold}
    </button>
  );
}

const valueAt = (values: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    values,
  );

/** A parameter that is called like the option, or like what its words are drawn for. */
function drawnOf(params: unknown, { path, kind, ...control }: Control): (number | string)[] {
  if (typeof params !== 'object' || params === null) return [];
  const name = path.at(-1) ?? '';
  const found = [name, name.replace(/s$/, '')]
    .map((key) => Reflect.get(params, key))
    .find((one) => one !== undefined);
  if (kind === 'weights' && found === undefined && 'words' in control) {
    const words = control.words.map(({ word }) => word);
    return Object.values(params).filter((value): value is string => words.includes(value));
  }
  return [found]
    .flat()
    .filter((value): value is number | string => typeof value === 'number' || typeof value === 'string');
}
