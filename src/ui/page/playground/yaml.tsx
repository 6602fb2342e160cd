import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { CopyButton } from './copy-button.js';
import { texts } from './words.js';

const PAUSE_MS = 400;

/** The text of the stage, which follows every change, and may be changed itself. */
export function Yaml() {
  const words = useWords(texts);
  const bench = useBench();
  const own = useBenchState((state) => state.own);
  const command = useBenchState((state) => state.sample?.command);
  const [typed, setTyped] = useState<string>();
  useEffect(() => setTyped(undefined), [own]);
  useEffect(() => {
    if (typed === undefined || typed === own) return undefined;
    const timer = setTimeout(() => bench.edit({ op: 'text', text: typed }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const text = typed ?? own;
  return (
    <details class="yaml">
      <summary>{words.yaml}</summary>
      <p class="quiet">{words.yamlHint}</p>
      <textarea
        class="mono"
        aria-label={words.yaml}
        spellcheck={false}
        rows={Math.min(40, text.split('\n').length + 1)}
        value={text}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <div class="section-head">
        <h3>{words.repeatIt}</h3>
        <CopyButton text={command ?? ''} label={words.copyCommand} />
      </div>
      <pre class="mono command">{command}</pre>
    </details>
  );
}
