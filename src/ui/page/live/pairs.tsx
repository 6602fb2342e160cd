import { useState } from 'preact/hooks';
import type { LiveState, PairView } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { Cell } from './cell.js';
import { count } from './format.js';
import { pairUrl } from './model.js';
import { drawn } from './params.js';
import { words } from './words.js';

/** The pairs of late: pictures, where they come from, and what was drawn for them. */
export function Pairs({ state }: { readonly state: LiveState }) {
  const w = useWords(words);
  const [chosen, choose] = useState<number>();
  const { pairs } = state;
  const pair = pairs.find(({ id }) => id === chosen) ?? pairs[0];
  return (
    <Cell
      title={w.pairs}
      area="pairs"
      aside={
        <fieldset class="strip" aria-label={w.pairs}>
          {pairs.map(({ id, batch }) => (
            <button
              key={id}
              type="button"
              aria-pressed={id === pair?.id}
              aria-label={w.pairAt(count(batch))}
              onClick={() => choose(id === pairs[0]?.id ? undefined : id)}
            >
              <img class="pixelated" src={pairUrl(state, id, 'gt')} alt="" />
            </button>
          ))}
        </fieldset>
      }
    >
      {pair ? <Pair state={state} pair={pair} /> : <p class="dim">{w.noPairs}</p>}
    </Cell>
  );
}

function Pair({ state, pair }: { readonly state: LiveState; readonly pair: PairView }) {
  const w = useWords(words);
  const { id, gt, lq, record } = pair;
  return (
    <div class="pair">
      {(['gt', 'lq'] as const).map((which) => (
        <figure key={which} class="pair-picture">
          <img class="pixelated" src={pairUrl(state, id, which)} alt={`${which}, ${record.id}`} />
          <figcaption>
            {which}{' '}
            <span class="dim">
              {which === 'gt' ? `${gt.width}×${gt.height}` : `${lq.width}×${lq.height}`}
            </span>
          </figcaption>
        </figure>
      ))}
      <Origin pair={pair} />
      <div class="drawn">
        <h3>{w.operations}</h3>
        {record.degradations.length === 0 && <p class="dim">{w.noOperations}</p>}
        <ol>
          {record.degradations.map(({ name, params, on }, i) => (
            <li key={i}>
              <span class="drawn-name">
                {name}
                {on && <span class="dim"> {on}</span>}
              </span>
              <span class="drawn-values">
                {drawn(params).map(([key, value]) => (
                  <span key={key}>
                    {key} <b>{value}</b>
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function Origin({ pair: { record, batch } }: { readonly pair: PairView }) {
  const w = useWords(words);
  // e.g. 0001.png@T0:400x400+200+0
  const [, source = record.id, size = '', window = ''] = /^(.*)@([^@:]+):([^:]+)$/.exec(record.id) ?? [];
  const { hflip, vflip, rot90, x, y, size: edge } = record.augment;
  const turned = [hflip && w.hflip, vflip && w.vflip, rot90 && w.rot90].filter(Boolean).join(', ');
  const facts: readonly (readonly [string, string])[] = [
    [w.source, source],
    [w.size, size],
    [w.window, window],
    [w.patch, edge === 0 ? '–' : `${edge}×${edge} @ ${x}, ${y}`],
    [w.turned, turned || w.asIs],
    [w.batchOf, `${count(batch)}, ${count(record.epoch)}`],
    [w.seed, record.seed],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
