import { slowest } from '../../live/reduce.js';
import type { LiveState, StageView } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { Cell } from './cell.js';
import { bytesOf, count, percent, rate } from './format.js';
import { words } from './words.js';

/** The pipeline as a picture: a dial for every stage that works, a tank for every place where something waits. */
export function Flow({ state }: { readonly state: LiveState }) {
  const w = useWords(words);
  const { stages } = state;
  const pace = slowest(state);
  if (!state.steered && stages.length === 0)
    return (
      <Cell title={w.pipeline} area="flow">
        <p class="dim">{w.noStages}</p>
      </Cell>
    );
  return (
    <Cell title={w.pipeline} area="flow" aside={<p class="pace-line">{sentence(state, w)}</p>}>
      <ol class="flow">
        {stages.map((stage) => (
          <Station
            key={stage.stage}
            stage={stage}
            isPace={stage === pace && state.phase !== 'paused'}
            ready={stage.stage === 'batch' ? readyIn(stages) : undefined}
          />
        ))}
      </ol>
    </Cell>
  );
}

type W = ReturnType<typeof useWords<typeof words>>;

function sentence(state: LiveState, w: W): string {
  const { last, phase, history } = state;
  if (phase === 'paused') return w.pausedPace;
  const pace = slowest(state);
  if (!pace || history.pairs.length < 3) return w.warmingUp;
  const name = w.stages[pace.stage] ?? pace.stage;
  if (!last) return w.stagePace(name, percent(pace.load));
  const wait = percent(last.time > 0 ? last.timeData / last.time : 0, 1);
  return pace.stage === 'train' ? w.trainPace(wait) : w.dataPace(name, wait);
}

/** Batches that wait for the training. */
function readyIn(stages: readonly StageView[]): number | undefined {
  const [made, taken] = ['batch', 'train'].map((name) => stages.find(({ stage }) => stage === name));
  return made && taken && Math.max(0, made.out - taken.in);
}

function Station({
  stage,
  isPace,
  ready,
}: {
  readonly stage: StageView;
  readonly isPace: boolean;
  readonly ready?: number;
}) {
  const w = useWords(words);
  const { stage: id, bytes, budget } = stage;
  const name = w.stages[id] ?? id;
  const unit = w.units[id] ?? w.perSecond;
  const tank = id === 'decode' ? w.openPhotographs : id === 'batch' ? w.pairsReady : w.held;
  return (
    <>
      <li class={`station${isPace ? ' pace' : ''}${works(stage) ? '' : ' still'}`}>
        {works(stage) ? <Dial load={stage.load} label={w.busy} /> : <span class="dot" aria-hidden="true" />}
        <div class="station-text">
          <span class="station-name">{name}</span>
          <span class="station-rate">
            <b>{id === 'discover' ? count(stage.out) : rate(stage.rate)}</b> {unit}
          </span>
          <span class="station-note">{isPace ? w.pace : id === 'discover' ? '' : count(stage.out)}</span>
        </div>
      </li>
      {bytes !== undefined && budget !== undefined && (
        <li class="station tank">
          <Tank share={bytes / budget} />
          <div class="station-text">
            <span class="station-name">{tank}</span>
            <span class="station-rate">{bytesOf(bytes, budget)}</span>
            {ready !== undefined && <span class="station-note">{w.ready(ready)}</span>}
            <meter class="unseen" max={1} value={Math.min(1, bytes / budget)} aria-label={tank} />
          </div>
        </li>
      )}
    </>
  );
}

/** Stages that take no time to speak of count, but are never timed. */
const works = ({ stage, busyMs }: StageView): boolean =>
  busyMs > 0 || ['decode', 'degrade', 'train', 'write', 'webdataset', 'pairs'].includes(stage);

/** Three quarters of a circle; the arc is the share of its capacity that a stage uses. */
function Dial({ load, label }: { readonly load: number; readonly label: string }) {
  return (
    <span class="dial">
      <svg viewBox="0 0 80 80" aria-hidden="true">
        <circle class="dial-track" cx="40" cy="40" r="34" pathLength="100" stroke-dasharray="75 100" />
        <circle
          class="dial-arc"
          cx="40"
          cy="40"
          r="34"
          pathLength="100"
          stroke-dasharray={`${(75 * load).toFixed(2)} 100`}
        />
      </svg>
      <span class="dial-figure">
        <b class="dial-load">{Math.round(load * 100)}</b>
        <small>% {label}</small>
      </span>
    </span>
  );
}

const Tank = ({ share }: { readonly share: number }) => (
  <svg class="tank-picture" viewBox="0 0 24 56" aria-hidden="true">
    <rect class="tank-wall" x="1" y="1" width="22" height="54" rx="2" />
    <rect
      class="tank-fill"
      x="3"
      y={53 - 50 * Math.min(1, share)}
      width="18"
      height={50 * Math.min(1, share)}
    />
    {[13.5, 26, 38.5].map((y) => (
      <path key={y} class="tank-tick" d={`M1 ${y + 2}h5`} />
    ))}
  </svg>
);
