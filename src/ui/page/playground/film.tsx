import { useWords } from '../shared/i18n.js';
import { useNames } from './compare.js';
import { useBench, useBenchState } from './context.js';
import { Pane } from './pane.js';
import { texts } from './words.js';

/** Every picture on the way from gt to lq; one is chosen to be seen large. */
export function Film() {
  const words = useWords(texts);
  const bench = useBench();
  const shots = useBenchState((state) => state.shots);
  const shown = useBenchState((state) => state.shown);
  const names = useNames();
  const gt = shots.find(({ id }) => id === 'gt');
  if (!gt) return null;
  return (
    <section aria-label={words.film}>
      <h2>{words.film}</h2>
      <ol class="film">
        {shots.map((shot) => (
          <li key={shot.id} class={shot.id === shown ? 'shown' : undefined}>
            <Pane shot={shot} scene={gt} name={names(shot)} />
            <button
              type="button"
              class="film-name"
              aria-pressed={shot.id === shown}
              onClick={() => bench.show(shot.id)}
            >
              <b>{names(shot)}</b>
              {shot.of !== 'lq' && shot.of !== shot.id && shot.id !== 'original' && (
                <span class="tag">{shot.of}</span>
              )}
              <span class="quiet mono">
                {shot.width} × {shot.height}
              </span>
              <span class="drawn-words">{shot.words}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
