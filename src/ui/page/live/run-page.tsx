import { useEffect } from 'preact/hooks';
import { useWords } from '../shared/i18n.js';
import { useStore } from '../shared/store.js';
import { Flow } from './flow.js';
import { Header } from './header.js';
import { Losses } from './losses.js';
import { connection, follow, run } from './model.js';
import { About, Files, Log } from './notes.js';
import { Pairs } from './pairs.js';
import { Pictures } from './pictures.js';
import { Readings } from './readings.js';
import { Scores } from './scores.js';
import { words } from './words.js';

export function RunPage({ home }: { readonly home?: boolean }) {
  const w = useWords(words);
  const state = useStore(run);
  const line = useStore(connection);
  useEffect(follow, []);
  useEffect(() => {
    if (state) document.title = `${state.name} · ${w.phases[state.phase]}`;
  }, [state?.name, state?.phase, w]);
  if (!state) return <p class="waiting">{line === 'lost' ? w.connections.lost : w.loading}</p>;
  return (
    <>
      {home && (
        <nav class="home">
          <a href="/">← {w.allRuns}</a>
        </nav>
      )}
      <Header state={state} />
      <main class={state.steered ? 'panel' : 'panel folder'}>
        {line === 'closed' && state.trains && <p class="notice">{w.again(`experiments/${state.name}`)}</p>}
        {(state.steered || state.stages.length > 0) && <Flow state={state} />}
        <Readings state={state} />
        {state.trains && (
          <>
            <Losses state={state} />
            <Scores state={state} />
            <Pictures state={state} />
            {state.steered && <Pairs state={state} />}
          </>
        )}
        {state.steered && <Files state={state} />}
        <Log state={state} />
        <About state={state} />
      </main>
      <p class="unseen" role="status">
        {line === 'lost' ? w.connections.lost : w.phases[state.phase]}
      </p>
    </>
  );
}
