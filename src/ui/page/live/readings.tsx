import type { ComponentChildren } from 'preact';
import { pairsRate } from '../../live/reduce.js';
import type { LiveState } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import {
  baseName,
  bytes,
  bytesOf,
  clock,
  count,
  duration,
  percent,
  rate,
  scientific,
  stepTime,
} from './format.js';
import { Spark } from './spark.js';
import { words } from './words.js';

export function Readings({ state }: { readonly state: LiveState }) {
  const w = useWords(words);
  const { stages, plan, history, series, last, rss, elapsedMs, checkpoint } = state;
  const held = stages.reduce((sum, stage) => sum + (stage.bytes ?? 0), 0);
  const budget = stages.reduce((sum, stage) => sum + (stage.budget ?? 0), 0);
  const watched = stages.length > 0;
  return (
    <section class="readings" aria-label={w.readings}>
      {watched && (
        <Reading
          label={state.trains ? w.pairsPerSecond : w.itemsPerSecond}
          value={rate(pairsRate(stages, plan?.batchSize))}
        >
          <Spark values={history.pairs} from={0} />
        </Reading>
      )}
      {last && <Step time={last.time} data={last.timeData} />}
      {last && (
        <Reading label={w.learningRate} value={scientific(last.lr, 2)}>
          <Spark values={series.lr} from={0} />
        </Reading>
      )}
      <Reading
        label={w.timeLeft}
        value={isOver(state) ? '–' : duration(last?.eta, w.day)}
        note={[
          ...(elapsedMs > 0 ? [w.elapsed(duration(elapsedMs / 1000, w.day))] : []),
          ...(last ? [w.epoch(count(last.epoch))] : []),
        ].join(' · ')}
      />
      {watched && (
        <Reading
          label={w.memory}
          value={bytes(rss)[0]}
          unit={bytes(rss)[1]}
          note={budget > 0 ? w.ofBudget(bytesOf(held, budget)) : undefined}
        >
          <Spark values={history.rss} from={0} />
        </Reading>
      )}
      {state.trains && (
        <Reading
          label={w.checkpoint}
          value={checkpoint ? clock(checkpoint.at) : '–'}
          note={checkpoint ? baseName(checkpoint.path) : w.none}
        />
      )}
    </section>
  );
}

const isOver = ({ phase }: LiveState): boolean =>
  phase === 'ended' || phase === 'stopped' || phase === 'failed';

function Reading({
  label,
  value,
  unit,
  note,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly note?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="reading">
      <h3>{label}</h3>
      <p class="reading-value">
        {value}
        {unit && <small> {unit}</small>}
      </p>
      {children}
      {note && (
        <p class="reading-note" title={note}>
          {note}
        </p>
      )}
    </div>
  );
}

function Step({ time, data }: { readonly time: number; readonly data: number }) {
  const w = useWords(words);
  const [value, unit] = stepTime(time);
  const share = time > 0 ? Math.min(1, data / time) : 0;
  return (
    <Reading label={w.step} value={value} unit={unit} note={w.dataShare(percent(share, 1))}>
      <div class="split" aria-hidden="true">
        <span class="split-data" style={{ width: `${share * 100}%` }} />
      </div>
    </Reading>
  );
}
