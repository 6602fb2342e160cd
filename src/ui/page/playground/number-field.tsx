import type { Control, Scale } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import type { FieldProps } from './control.js';
import { type Ends, endsOf, onGrid, PLACES, placeOf, valueAt } from './scale.js';
import { texts } from './words.js';

type Scaled = Extract<Control, { kind: 'number' | 'range' }>;

/** Two handles and two numbers. What this draw has taken is marked on the line. */
export function RangeField({ control, name, id, value, drawn, disabled, change }: FieldProps<Scaled>) {
  const words = useWords(texts);
  const given = Array.isArray(value) ? value.map(Number) : [Number(value), Number(value)];
  const [low = 0, high = low] = given;
  const ends = endsOf(control, [low, high]);
  const setLow = (next: number): void => change([Math.min(next, high), high]);
  const setHigh = (next: number): void => change([low, Math.max(low, next)]);
  const from = placeOf(low, ends, control.log);
  const to = placeOf(high, ends, control.log);
  // Where both lie at the end, the lower handle must be on top, or neither can be moved.
  const lowOnTop = from > PLACES / 2;
  return (
    <div class="scaled">
      <Box {...{ control, disabled }} label={words.low(name)} value={low} change={setLow} />
      <div class="track">
        <span class="between" style={{ left: `${from / 10}%`, right: `${100 - to / 10}%` }} />
        <Marks {...{ drawn, ends, control }} />
        <Handle
          {...{ control, ends, disabled, id }}
          label={words.low(name)}
          value={low}
          place={lowOnTop ? 'on-top' : undefined}
          change={setLow}
        />
        <Handle {...{ control, ends, disabled }} label={words.high(name)} value={high} change={setHigh} />
      </div>
      <Box {...{ control, disabled }} label={words.high(name)} value={high} change={setHigh} />
    </div>
  );
}

/** One handle and one number. */
export function NumberField({ control, name, id, value, drawn, disabled, change }: FieldProps<Scaled>) {
  const now = Number(value);
  const ends = endsOf(control, [now]);
  return (
    <div class="scaled one">
      <div class="track">
        <span class="between" style={{ left: 0, right: `${100 - placeOf(now, ends, control.log) / 10}%` }} />
        <Marks {...{ drawn, ends, control }} />
        <Handle {...{ control, ends, disabled, id, change }} label={name} value={now} place="single" />
      </div>
      <Box {...{ control, disabled, change }} label={name} value={now} />
    </div>
  );
}

interface MarksProps {
  readonly drawn: readonly (number | string)[];
  readonly ends: Ends;
  readonly control: Scale;
}

function Marks({ drawn, ends, control }: MarksProps) {
  const numbers = drawn.filter((value) => typeof value === 'number');
  return numbers.map((value, i) => (
    <span key={i} class="mark" style={{ left: `${placeOf(value, ends, control.log) / 10}%` }} />
  ));
}

interface HandleProps {
  readonly control: Scale;
  readonly ends: Ends;
  readonly id?: string;
  readonly label: string;
  readonly value: number;
  readonly disabled: boolean;
  /** `single`: alone on its line; `on-top`: over the other one. */
  readonly place?: 'single' | 'on-top';
  readonly change: (value: number) => void;
}

function Handle({ control, ends, id, label, value, disabled, place: kind, change }: HandleProps) {
  const place = placeOf(value, ends, control.log);
  return (
    <input
      id={id}
      type="range"
      class={kind}
      min={0}
      max={PLACES}
      value={place}
      disabled={disabled}
      aria-label={label}
      aria-valuetext={String(value)}
      onInput={(event) => {
        const next = valueAt(Number(event.currentTarget.value), ends, control);
        if (next !== value) change(next);
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (by === undefined || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        const size =
          (event.shiftKey ? 10 : 1) * (control.log ? Math.max(control.step, value / 20) : control.step);
        const grid = onGrid(value + by * size, control);
        change(Math.max(control.least ?? ends.min, Math.min(control.most ?? grid, grid)));
      }}
    />
  );
}

interface BoxProps {
  readonly control: Scale;
  readonly label: string;
  readonly value: number;
  readonly disabled: boolean;
  readonly change: (value: number) => void;
}

function Box({ control, label, value, disabled, change }: BoxProps) {
  return (
    <input
      type="number"
      class="box"
      aria-label={label}
      min={control.least}
      max={control.most}
      step={control.whole ? control.step : 'any'}
      value={Number(value.toPrecision(4))}
      disabled={disabled}
      onChange={(event) => {
        const next = event.currentTarget.valueAsNumber;
        if (Number.isFinite(next)) change(next);
      }}
    />
  );
}
