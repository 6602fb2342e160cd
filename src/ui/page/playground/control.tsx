import type { Control, Json, StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useAbout } from './about.js';
import { useBench, useBenchState } from './context.js';
import { Icon } from './icons.js';
import { JsonField } from './json-field.js';
import { NumberField, RangeField } from './number-field.js';
import { WeightsField } from './weights-field.js';
import { targetOf } from './wishes.js';
import { texts } from './words.js';

export interface FieldProps<C extends Control = Control> {
  readonly control: C;
  readonly name: string;
  readonly id: string;
  readonly value: unknown;
  /** What this draw has taken from it. */
  readonly drawn: readonly (number | string)[];
  readonly disabled: boolean;
  readonly change: (value: Json) => void;
}

interface ControlProps {
  readonly step: StepNode;
  readonly control: Control;
  /** Where it stands in the step, e.g. `['blur', 'sigma']`. */
  readonly at: readonly string[];
  readonly value: unknown;
  readonly drawn: readonly (number | string)[];
  readonly disabled: boolean;
}

/** One option of a step: its name, what it means, and what sets it. */
export function ControlRow({ step, control, at, value: given, drawn, disabled }: ControlProps) {
  const words = useWords(texts);
  const about = useAbout()(control.about);
  const bench = useBench();
  const target = targetOf(step.path, at);
  const pending = useBenchState((state) => state.pending.get(target));
  const value = pending ?? given ?? control.fallback;
  const name = control.path.join('.').replaceAll('_', ' ');
  const id = `c-${step.key}-${at.join('-')}`.replace(/[^\w-]/g, '-');
  const change = (next: Json): void =>
    bench.edit({ op: 'set', path: [...step.path], key: [...at], value: next });
  if (value === undefined)
    return (
      <button
        type="button"
        class="set"
        disabled={disabled}
        title={about}
        onClick={() => change(firstOf(control))}
      >
        <Icon name="plus" /> {words.set(name)}
      </button>
    );
  const mayGo = control.fallback === undefined && given !== undefined && !disabled;
  return (
    <div class={`control ${control.kind}`} title={about}>
      <div class="control-name">
        <label for={id}>{name}</label>
        {drawn.length > 0 && <span class="drawn">{words.drawn(drawn.map(short).join(' / '))}</span>}
        {mayGo && (
          <button
            type="button"
            class="bare"
            aria-label={words.unset(name)}
            title={words.unset(name)}
            onClick={() => bench.edit({ op: 'unset', path: [...step.path], key: [...at] })}
          >
            <Icon name="remove" />
          </button>
        )}
      </div>
      <Field {...{ control, name, id, value, drawn, disabled, change }} />
    </div>
  );
}

function Field(props: FieldProps) {
  const { control, id, value, disabled, change, name } = props;
  switch (control.kind) {
    case 'range':
      return <RangeField {...props} control={control} />;
    case 'number':
      return <NumberField {...props} control={control} />;
    case 'weights':
      return <WeightsField {...props} control={control} />;
    case 'flag':
      return (
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          disabled={disabled}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <select
          id={id}
          value={String(value)}
          disabled={disabled}
          onChange={(event) =>
            change(control.values.find((one) => String(one) === event.currentTarget.value) ?? null)
          }
        >
          {control.values.map((one) => (
            <option key={String(one)}>{String(one)}</option>
          ))}
        </select>
      );
    case 'several': {
      const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
      return (
        <fieldset class="several" id={id} aria-label={name}>
          {control.values.map((one) => (
            <label key={String(one)}>
              <input
                type="checkbox"
                checked={chosen.includes(one)}
                disabled={disabled || (chosen.length === 1 && chosen.includes(one))}
                onChange={(event) => {
                  const { checked } = event.currentTarget;
                  change(
                    control.values.filter((other) => (other === one ? checked : chosen.includes(other))),
                  );
                }}
              />
              {String(one)}
            </label>
          ))}
        </fieldset>
      );
    }
    case 'json':
      return <JsonField {...props} />;
  }
}

function firstOf(control: Control): Json {
  if (control.kind === 'range') return control.log ? [0.5, 1] : [control.min, control.max];
  if (control.kind === 'number') return control.min;
  if (control.kind === 'choice') return control.values[0] ?? null;
  if (control.kind === 'several') return control.values.slice(0, 1);
  if (control.kind === 'weights') return { [control.words[0]?.word ?? '']: 1 };
  return control.kind === 'flag' ? true : null;
}

export const short = (value: number | string): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(3))) : value;
