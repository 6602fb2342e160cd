import type { ComponentChildren } from 'preact';
import type { Shot } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useStore } from '../shared/store.js';
import { strength, strengthen, strengths, useBench, useBenchState } from './context.js';
import { FindDraw } from './find-draw.js';
import { Icon } from './icons.js';
import { Pane } from './pane.js';
import { flat } from './state.js';
import { texts } from './words.js';

/** The name of a shot as a reader knows it. */
export function useNames(): (shot: Shot) => string {
  const words = useWords(texts);
  return ({ id, key, name }) => {
    if (id === 'original') return words.original;
    if (id === 'gt' || id === 'lq') return words[id];
    return key === undefined ? words.endResize : name.replaceAll('_', ' ');
  };
}

/** gt, the step that is open, and lq, side by side under one magnifier. */
export function ComparePanes() {
  const words = useWords(texts);
  const bench = useBench();
  const shots = useBenchState((state) => state.shots);
  const shown = useBenchState((state) => state.shown);
  const selected = useBenchState((state) => state.selected);
  const tree = useBenchState((state) => state.tree);
  const names = useNames();
  const [gt, lq] = ['gt', 'lq'].map((wanted) => shots.find(({ id }) => id === wanted));
  if (!gt || !lq) return null;
  const middle = shots.find(({ id }) => id === shown);
  const step = flat(tree).find(({ key }) => key === selected);
  const pane = (shot: Shot) => (
    <Figure name={names(shot)} size={`${shot.width} × ${shot.height}`} words={shot.words}>
      <Pane shot={shot} scene={gt} name={names(shot)} main />
    </Figure>
  );
  return (
    <section class="compare-panes" aria-label={words.panes}>
      {pane(gt)}
      {middle ? (
        pane(middle)
      ) : step ? (
        <Figure name={step.name.replaceAll('_', ' ')} size="" words={words.notDrawn}>
          <div class="pane empty" style={{ aspectRatio: `${gt.width} / ${gt.height}` }}>
            <FindDraw step={step} bench={bench} />
          </div>
        </Figure>
      ) : null}
      {pane(lq)}
      <Strength />
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly size: string;
  readonly words: string;
  readonly children: ComponentChildren;
}

function Figure({ name, size, words, children }: FigureProps) {
  return (
    <figure>
      {children}
      <figcaption>
        <b>{name}</b> <span class="quiet mono">{size}</span>
        <span class="drawn-words">{words}</span>
      </figcaption>
    </figure>
  );
}

function Strength() {
  const words = useWords(texts);
  const now = useStore(strength);
  return (
    <div class="strength">
      <Icon name="glass" />
      <button
        type="button"
        aria-label={`${words.magnifier} −`}
        disabled={now === strengths[0]}
        onClick={() => strengthen(-1)}
      >
        −
      </button>
      <output aria-label={words.magnifier}>{now}×</output>
      <button
        type="button"
        aria-label={`${words.magnifier} +`}
        disabled={now === strengths.at(-1)}
        onClick={() => strengthen(1)}
      >
        +
      </button>
    </div>
  );
}
