import { useState } from 'preact/hooks';
import { useWords } from '../shared/i18n.js';
import { useBench } from './context.js';
import { texts } from './words.js';

const SHOWN_MS = 1_800;

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const words = useWords(texts);
  const bench = useBench();
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), SHOWN_MS);
    } catch {
      bench.say(words.notCopied);
    }
  };
  return (
    <button type="button" class={done ? 'done' : undefined} onClick={() => void copy()}>
      <span aria-live="polite">{done ? words.copied : label}</span>
    </button>
  );
}
