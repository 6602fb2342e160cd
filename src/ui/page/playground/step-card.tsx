import { useEffect, useRef } from 'preact/hooks';
import type { StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { Icon } from './icons.js';
import { bringIntoView } from './into-view.js';
import { type State, wasDrawn } from './state.js';
import { Options } from './step-options.js';
import { StepTools } from './step-tools.js';
import { texts } from './words.js';

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
