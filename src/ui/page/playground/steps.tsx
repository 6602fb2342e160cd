import type { TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { AddStep } from './add-step.js';
import { useBench, useBenchState } from './context.js';
import { flat } from './state.js';
import { StepCard } from './step-card.js';
import { Unfold } from './step-options.js';
import { texts } from './words.js';

interface Drag {
  readonly key: string;
  readonly to: number;
}

/** The stage as a list of steps; groups hold lists of their own. */
export function Steps() {
  const words = useWords(texts);
  const tree = useBenchState((state) => state.tree);
  const reorder = useReorder();
  return (
    <section class="steps" aria-label={words.steps} {...reorder.events}>
      <div class="section-head">
        <h2>{words.steps}</h2>
        <AddStep path={[]} at={tree.length} label={words.add} />
      </div>
      {tree.length === 0 && <p class="quiet">{words.noSteps}</p>}
      <StepList steps={tree} fixed={false} drag={reorder.drag} />
    </section>
  );
}

interface ListProps {
  readonly steps: readonly StepNode[];
  readonly fixed: boolean;
  readonly drag: Drag | undefined;
}

function StepList({ steps, fixed, drag }: ListProps) {
  const words = useWords(texts);
  const moving = drag && steps.findIndex(({ key }) => key === drag.key);
  return (
    <ol>
      {steps.map((step, i) => {
        const isTarget = drag && moving !== undefined && moving >= 0 && drag.to === i && moving !== i;
        const place = isTarget ? (i < moving ? ' before' : ' after') : '';
        const inner = step.kind === 'repeat' ? ['repeat', 'steps'] : [step.kind];
        const isGroup = step.steps.length > 0 || ['steps', 'one_of', 'shuffle', 'repeat'].includes(step.kind);
        return (
          <li
            key={step.key}
            data-item={step.key}
            class={`step${drag?.key === step.key ? ' dragged' : ''}${place}`}
          >
            <StepCard step={step} fixed={fixed} neighbours={steps.length} />
            {isGroup && (
              <div class="group">
                <StepList steps={step.steps} fixed={fixed || step.kind === 'preset'} drag={drag} />
                {step.kind === 'preset'
                  ? !fixed && <Unfold step={step} />
                  : !fixed && (
                      <AddStep
                        path={[...step.path, ...inner]}
                        at={step.steps.length}
                        label={words.addHere}
                        small
                      />
                    )}
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** Dragging a step by its grip to another place in its list. */
function useReorder() {
  const bench = useBench();
  const [drag, setDrag] = useState<Drag>();
  const gripAt = (event: TargetedPointerEvent<HTMLElement>): string | undefined =>
    event.target instanceof Element
      ? (event.target.closest<HTMLElement>('[data-grip]')?.dataset.grip ?? undefined)
      : undefined;
  const stop = (): void => setDrag(undefined);
  return {
    drag,
    events: {
      onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => {
        const key = gripAt(event);
        if (key === undefined) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ key, to: Number(key.split('.').at(-1)) });
      },
      onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => {
        if (!drag) return;
        const list = drag.key.split('.').slice(0, -1).join('.');
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-item]')].filter(
          ({ dataset }) => (dataset.item ?? '').split('.').slice(0, -1).join('.') === list,
        );
        const over = items.findLastIndex((item) => item.getBoundingClientRect().top <= event.clientY);
        setDrag({ ...drag, to: Math.max(0, over) });
      },
      onPointerUp: () => {
        if (!drag) return;
        const step = flat(bench.state.tree).find(({ key }) => key === drag.key);
        if (step && Number(step.path.at(-1)) !== drag.to)
          bench.edit({ op: 'move', path: [...step.path], to: drag.to });
        stop();
      },
      onPointerCancel: stop,
    },
  };
}
