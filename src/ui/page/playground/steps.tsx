import type { TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import { innerList, keyOf, type StepPath } from '../../playground/paths.js';
import type { StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { AddStep } from './add-step.js';
import { useBench, useBenchState } from './context.js';
import { moveTo, type Place, placeAt } from './places.js';
import { flat } from './state.js';
import { StepCard } from './step-card.js';
import { Unfold } from './step-options.js';
import { texts } from './words.js';

interface Drag {
  readonly key: string;
  /** Where it goes when it is dropped; nothing where it stays. */
  readonly place?: Place;
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
      <StepList steps={tree} path={[]} fixed={false} drag={reorder.drag} />
    </section>
  );
}

interface ListProps {
  readonly steps: readonly StepNode[];
  readonly path: StepPath;
  readonly fixed: boolean;
  readonly drag: Drag | undefined;
}

function StepList({ steps, path, fixed, drag }: ListProps) {
  const words = useWords(texts);
  const to = drag?.place && keyOf(drag.place.list) === keyOf(path) ? drag.place.to : undefined;
  return (
    <ol>
      {steps.map((step, i) => {
        const last = i === steps.length - 1;
        const mark = to === i ? ' before' : last && to === steps.length ? ' after' : '';
        const inner = innerList(step);
        const isGroup = step.steps.length > 0 || inner !== undefined;
        return (
          <li
            key={step.key}
            data-item={step.key}
            class={`step${drag?.key === step.key ? ' dragged' : ''}${mark}`}
          >
            <StepCard step={step} fixed={fixed} neighbours={steps.length} />
            {isGroup && (
              <div class="group">
                <StepList
                  steps={step.steps}
                  path={inner ?? [...step.path, 'preset']}
                  fixed={fixed || step.kind === 'preset'}
                  drag={drag}
                />
                {!fixed && !inner && <Unfold step={step} />}
                {!fixed && inner && (
                  <div data-end={keyOf(inner)}>
                    <AddStep path={inner} at={step.steps.length} label={words.addHere} small />
                  </div>
                )}
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** Dragging a step by its grip to another place, into a group or out of one. */
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
        setDrag({ key });
      },
      onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => {
        if (!drag) return;
        const { tree } = bench.state;
        const step = flat(tree).find(({ key }) => key === drag.key);
        const place = placeAt(event.currentTarget, tree, drag.key, event.clientY);
        setDrag({ key: drag.key, place: step && place && moveTo(step, place) && place });
      },
      onPointerUp: () => {
        const step = flat(bench.state.tree).find(({ key }) => key === drag?.key);
        const operation = step && drag?.place && moveTo(step, drag.place);
        if (operation) bench.edit(operation);
        stop();
      },
      onPointerCancel: stop,
    },
  };
}
