import { useState } from 'preact/hooks';
import type { LiveState, PhotographView } from '../../live/types.js';
import { Compare, type Spot, type View } from '../shared/compare.js';
import { useWords } from '../shared/i18n.js';
import { Magnifier } from '../shared/magnifier.js';
import { Cell } from './cell.js';
import { count, decibel } from './format.js';
import { photographUrl } from './model.js';
import { words } from './words.js';

const kinds = ['lq', 'bicubic', 'network', 'gt'] as const;
type Kind = (typeof kinds)[number];

export function Pictures({ state }: { readonly state: LiveState }) {
  const w = useWords(words);
  const [name, setName] = useState<string>();
  const photograph = state.photographs.find((one) => one.name === name) ?? state.photographs[0];
  return (
    <Cell
      title={w.pictures}
      area="pictures"
      aside={
        state.photographs.length > 1 && (
          <label class="tools">
            <span class="unseen">{w.photograph}</span>
            <select value={photograph?.name} onChange={(event) => setName(event.currentTarget.value)}>
              {state.photographs.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
          </label>
        )
      }
    >
      {photograph ? (
        <Scene key={photograph.name} state={state} photograph={photograph} />
      ) : (
        <p class="dim">{w.noPictures}</p>
      )}
    </Cell>
  );
}

function Scene({ state, photograph }: { readonly state: LiveState; readonly photograph: PhotographView }) {
  const w = useWords(words);
  const { width, height, iters, name } = photograph;
  const [left, setLeft] = useState<Kind>('bicubic');
  const [right, setRight] = useState<Kind>('network');
  const [spot, setSpot] = useState<Spot>({ x: 0.5, y: 0.5 });
  // Nothing chosen means the newest, also when there is a newer one.
  const [chosen, choose] = useState<number>();
  const iter = chosen ?? iters.at(-1) ?? 0;
  const names = { lq: 'LQ', bicubic: w.bicubic, network: `${w.network} ${count(iter)}`, gt: 'GT' };
  const view = (kind: Kind): View => ({
    src: photographUrl(state, name, kind === 'network' ? `${iter}` : kind),
    label: names[kind],
    pixelated: kind === 'lq',
  });
  const at = iters.indexOf(iter);
  const result = state.validation
    .find((one) => one.iter === iter)
    ?.results.find((one) => one.name === name || one.name === 'mean');
  return (
    <div class="scene">
      <div class="scene-main">
        <Compare
          left={view(left)}
          right={view(right)}
          width={width}
          height={height}
          sliderLabel={w.border}
          spot={spot}
          onSpot={setSpot}
        />
        <div class="scene-tools">
          <Choice label={w.left} value={left} names={names} onChange={setLeft} />
          <label class="scene-iter">
            <span class="unseen">{w.atIteration}</span>
            <input
              type="range"
              min="0"
              max={Math.max(0, iters.length - 1)}
              value={at < 0 ? iters.length - 1 : at}
              disabled={iters.length < 2}
              aria-label={w.atIteration}
              aria-valuetext={count(iter)}
              onInput={(event) => {
                const index = Number(event.currentTarget.value);
                choose(index === iters.length - 1 ? undefined : iters[index]);
              }}
            />
            <span>
              {w.iteration} <b>{count(iter)}</b>
              {chosen === undefined ? ` · ${w.newest}` : ''}
              {result && ` · ${decibel(result.psnr)}`}
            </span>
          </label>
          <Choice label={w.right} value={right} names={names} onChange={setRight} />
        </div>
      </div>
      <div class="scene-glass">
        <Magnifier
          views={kinds.map(view)}
          width={width}
          height={height}
          spot={spot}
          onSpot={setSpot}
          label={w.magnifier}
        />
        <p class="dim small">{w.magnifierHint}</p>
      </div>
    </div>
  );
}

function Choice({
  label,
  value,
  names,
  onChange,
}: {
  readonly label: string;
  readonly value: Kind;
  readonly names: Readonly<Record<Kind, string>>;
  readonly onChange: (kind: Kind) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Kind)}
    >
      {kinds.map((kind) => (
        <option key={kind} value={kind}>
          {names[kind]}
        </option>
      ))}
    </select>
  );
}
