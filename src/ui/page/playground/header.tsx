import { useState } from 'preact/hooks';
import { useWords } from '../shared/i18n.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { useBench, useBenchState } from './context.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icons.js';
import { texts } from './words.js';

export function Header() {
  const words = useWords(texts);
  const bench = useBench();
  const opening = useBenchState((state) => state.opening);
  const draw = useBenchState((state) => state.look?.draw ?? 0);
  const undos = useBenchState((state) => state.undos);
  const redos = useBenchState((state) => state.redos);
  const own = useBenchState((state) => state.own);
  const latency = useBenchState((state) => state.latency);
  const changes = useBenchState((state) => state.changes);
  const changed = useBenchState((state) => state.text !== state.base);
  const [saved, setSaved] = useState(false);
  const save = async (): Promise<void> => setSaved((await bench.save()) === undefined);
  return (
    <header class="bar">
      <h1>{words.title}</h1>
      <span class="file mono">
        {opening?.file}
        {changed && <span class="unsaved" title={words.unsaved} role="img" aria-label={words.unsaved} />}
      </span>
      <div class="draw">
        <button type="button" class="primary" title={words.redrawHint} onClick={() => bench.redraw()}>
          <Icon name="dice" /> {words.redraw}
        </button>
        <button
          type="button"
          class="bare"
          title={words.back}
          aria-label={words.back}
          disabled={draw === 0}
          onClick={() => bench.redraw(-1)}
        >
          <Icon name="back" />
        </button>
        <span class="quiet mono" role="status">
          {words.drawNumber(draw)}
        </span>
      </div>
      <span class="room" />
      <span
        class="quiet mono latency"
        title={words.latencyHint}
        data-latency={latency}
        data-changes={changes}
      >
        {latency === undefined ? '' : words.latency(latency)}
      </span>
      <button
        type="button"
        class="bare"
        title={words.undo}
        aria-label={words.undo}
        disabled={undos === 0}
        onClick={() => bench.undo()}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        class="bare"
        title={words.redo}
        aria-label={words.redo}
        disabled={redos === 0}
        onClick={() => bench.redo()}
      >
        <Icon name="redo" />
      </button>
      <CopyButton text={own} label={words.copy} />
      <button
        type="button"
        title={words.saveHint(opening?.file ?? '')}
        disabled={!changed}
        onClick={() => void save()}
      >
        <span aria-live="polite">{saved && !changed ? words.saved : words.save}</span>
      </button>
      <LanguageSwitch />
    </header>
  );
}
