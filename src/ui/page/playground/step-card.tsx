import { useEffect, useRef } from 'preact/hooks';
import type { Control, Scale, StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { ControlRow } from './control.js';
import { Icon } from './icons.js';
import { type State, wasDrawn } from './state.js';
import { StepTools } from './step-tools.js';
import { texts } from './words.js';

const share: Scale = { min: 0, max: 1, least: 0, most: 1, step: 0.01, whole: false, log: false };
const count: Scale = { min: 0, max: 8, least: 0, most: 64, step: 1, whole: true, log: false };

interface CardProps {
  readonly step: StepNode;
  /** Within a preset: shown, and changed only once its steps are in the file. */
  readonly fixed: boolean;
  /** Steps in the same list. */
  readonly neighbours: number;
}

/** One step: whether it was drawn and what, and, when it is open, all that can be changed. */
export function StepCard({ step, fixed, neighbours }: CardProps) {
  const words = useWords(texts);
  const bench = useBench();
  const open = useBenchState((state) => state.selected === step.key);
  const locked = useBenchState((state) => state.locked.has(step.key));
  const hit = useBenchState((state) => wasDrawn(state, step.key));
  const summary = useBenchState((state) => summaryOf(state, step.key));
  const isGroup = step.steps.length > 0;
  const title = useTitle(step);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open && card.current) bringIntoView(card.current);
  }, [open]);
  return (
    <div ref={card} class={`card${open ? ' open' : ''}${hit ? '' : ' missed'}${step.error ? ' wrong' : ''}`}>
      <div class="card-head">
        {!fixed && (
          <span class="grip" data-grip={step.key} title={words.drag} aria-hidden="true">
            <Icon name="grip" />
          </span>
        )}
        <button
          type="button"
          class="card-name"
          data-step={step.key}
          aria-expanded={open}
          onClick={() => bench.select(open ? undefined : step.key)}
        >
          <span class="card-title">
            <b>{title}</b>
            {step.weight !== undefined && <span class="tag">{step.weight}</span>}
            {step.prob < 1 && <span class="tag">{Math.round(100 * step.prob)} %</span>}
            {step.on !== undefined && step.on !== 'lq' && <span class="tag">{step.on}</span>}
            {step.kind === 'use' && <span class="tag">{words.pluginNote(step.use ?? '')}</span>}
          </span>
          {!isGroup && <span class="drawn-words">{step.error ?? (hit ? summary : words.notDrawn)}</span>}
        </button>
        <button
          type="button"
          class="bare lock"
          aria-pressed={locked}
          aria-label={locked ? words.unlock : words.lock}
          title={locked ? words.unlock : words.lock}
          onClick={() => bench.lock(step.key)}
        >
          <Icon name={locked ? 'lock' : 'unlock'} />
        </button>
      </div>
      {open && (
        <div class="card-body">
          {!fixed && <StepTools step={step} neighbours={neighbours} />}
          <Options step={step} disabled={fixed} />
        </div>
      )}
    </div>
  );
}

/** Scrolls the list of steps as little as needed; on narrow pages, where it is not one of its own, the page. */
function bringIntoView(card: HTMLElement): void {
  const list = card.closest('.steps');
  if (!list || list.scrollHeight <= list.clientHeight) {
    card.scrollIntoView({ block: 'nearest' });
    return;
  }
  const [box, frame] = [card.getBoundingClientRect(), list.getBoundingClientRect()];
  const above = box.top - frame.top - 8;
  const below = Math.min(above, box.bottom - frame.bottom + 8);
  if (above < 0) list.scrollTop += above;
  else if (below > 0) list.scrollTop += below;
}

function useTitle({ kind, name, times }: StepNode): string {
  const words = useWords(texts);
  switch (kind) {
    case 'one_of':
    case 'shuffle':
      return words[kind];
    case 'steps':
      return words.sequence;
    case 'repeat':
      return `${words.repeat} ${[...new Set(times)].join('–')} ×`;
    case 'preset':
      return words.preset(name);
    default:
      return name.replaceAll('_', ' ');
  }
}

/** What the step drew; of a repeated one the last time. */
const summaryOf = ({ shots }: State, key: string): string =>
  shots.findLast((shot) => shot.key === key)?.words ?? '';

function Options({ step, disabled }: { readonly step: StepNode; readonly disabled: boolean }) {
  const words = useWords(texts);
  const operators = useBenchState((state) => state.opening?.operators);
  const row = useBenchState((state) => state.rows.findLast(({ key }) => key === step.key));
  const entry = operators?.find(({ name, use }) =>
    step.use === undefined ? name === step.name && !use : use === step.use,
  );
  const inside = step.use === undefined ? step.name : 'with';
  const number = (name: string, about: string, scale: Scale): Control => ({
    kind: 'number',
    path: [name],
    about,
    fallback: 1,
    ...scale,
  });
  const frame = { step, disabled, drawn: [] };
  return (
    <>
      {entry?.about && <p class="about">{entry.about}</p>}
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
