import { useState } from 'preact/hooks';
import type { StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import type { Bench } from './bench.js';
import { texts } from './words.js';

/** For a step that was not drawn: draws on until it comes. */
export function FindDraw({ step, bench }: { readonly step: StepNode; readonly bench: Bench }) {
  const words = useWords(texts);
  const [failed, setFailed] = useState(false);
  const find = async (): Promise<void> => setFailed(!(await bench.find(step.key)));
  return (
    <div class="find-draw">
      <span>{words.notDrawn}</span>
      <button type="button" onClick={() => void find()}>
        {words.drawIt}
      </button>
      <span role="status">{failed ? words.notFound : ''}</span>
    </div>
  );
}
