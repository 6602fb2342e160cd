import { useState } from 'preact/hooks';
import type { LiveState } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { useStore } from '../shared/store.js';
import { count, duration } from './format.js';
import { type Ask, ask, connection } from './model.js';
import { words } from './words.js';

export function Header({ state }: { readonly state: LiveState }) {
  const w = useWords(words);
  const line = useStore(connection);
  const { last, phase, name } = state;
  const share = last && last.totalIter > 0 ? last.iter / last.totalIter : 0;
  return (
    <header class="bar">
      <div class="bar-title">
        <h1>{name}</h1>
        <span class={`phase phase-${phase}`}>{w.phases[phase]}</span>
        <span class={`line line-${line}`} title={w.connections[line]}>
          {w.connections[line]}
        </span>
      </div>
      {last && (
        <div class="bar-progress">
          <span class="bar-iter">
            <strong>{count(last.iter)}</strong>
            {last.totalIter > 0 && ` / ${count(last.totalIter)}`} <span class="dim">{w.iteration}</span>
          </span>
          {phase === 'running' && <span class="bar-eta">{duration(last.eta, w.day)}</span>}
        </div>
      )}
      {state.steered && <Controls state={state} />}
      <LanguageSwitch />
      {last && last.totalIter > 0 && (
        <progress class="bar-line" max={1} value={share} aria-label={w.progress} />
      )}
    </header>
  );
}

const over: readonly LiveState['phase'][] = ['stopping', 'ended', 'stopped', 'failed'];

function Controls({ state: { phase, trains } }: { readonly state: LiveState }) {
  const w = useWords(words);
  const line = useStore(connection);
  const [said, say] = useState('');
  const [sure, setSure] = useState(false);
  const idle = over.includes(phase) || line === 'closed';
  const press = async (what: Ask): Promise<void> => {
    setSure(false);
    try {
      await ask(what);
      say(w.asked[what]);
    } catch (error) {
      say(w.refused(error instanceof Error ? error.message : String(error)));
    }
  };
  const paused = phase === 'paused';
  return (
    <div class="controls">
      <fieldset aria-label={w.controls} class="buttons">
        {sure ? (
          <>
            <span class="sure">{w.stopSure}</span>
            <button type="button" class="danger" onClick={() => press('stop')}>
              {w.stopYes}
            </button>
            <button type="button" onClick={() => setSure(false)}>
              {w.stopNo}
            </button>
          </>
        ) : (
          <>
            <button type="button" disabled={idle} onClick={() => press(paused ? 'resume' : 'pause')}>
              <Sign name={paused ? 'resume' : 'pause'} />
              {paused ? w.resume : w.pause}
            </button>
            {trains && (
              <>
                <button type="button" disabled={idle} onClick={() => press('save')}>
                  {w.save}
                </button>
                <button type="button" disabled={idle} onClick={() => press('validate')}>
                  {w.validate}
                </button>
              </>
            )}
            <button type="button" class="danger" disabled={idle} onClick={() => setSure(true)}>
              <Sign name="stop" />
              {w.stop}
            </button>
          </>
        )}
      </fieldset>
      <p class="said" role="status">
        {said}
      </p>
    </div>
  );
}

const signs = { pause: 'M2 1h3v10H2zM7 1h3v10H7z', resume: 'M2 1l9 5-9 5z', stop: 'M2 2h8v8H2z' } as const;

const Sign = ({ name }: { readonly name: keyof typeof signs }) => (
  <svg class="sign" viewBox="0 0 12 12" aria-hidden="true">
    <path d={signs[name]} />
  </svg>
);
