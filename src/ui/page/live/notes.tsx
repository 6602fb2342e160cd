import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LiveState } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { Cell } from './cell.js';
import { baseName, bytes, clock, count } from './format.js';
import { words } from './words.js';

export function Files({ state: { unused, unusedCount } }: { readonly state: LiveState }) {
  const w = useWords(words);
  return (
    <Cell title={w.files} area="files" aside={<span class="tally">{count(unusedCount)}</span>}>
      {unusedCount === 0 ? (
        <p class="dim">{w.allUsed}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
        <section class="scroll" tabIndex={0} aria-label={w.files}>
          <table class="list">
            <thead class="unseen">
              <tr>
                <th>{w.file}</th>
                <th>{w.outcome}</th>
                <th>{w.reason}</th>
              </tr>
            </thead>
            <tbody>
              {unused.map(({ path, outcome, reason }) => (
                <tr key={path}>
                  <td title={path}>{baseName(path)}</td>
                  <td class={`outcome ${outcome}`}>{w.outcomes[outcome]}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {unusedCount > unused.length && <p class="dim">{w.more(count(unusedCount - unused.length))}</p>}
        </section>
      )}
    </Cell>
  );
}

export function Log({ state: { log } }: { readonly state: LiveState }) {
  const w = useWords(words);
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [log]);
  return (
    <Cell title={w.log} area="log">
      {log.length === 0 && <p class="dim">{w.noLog}</p>}
      <section
        ref={box}
        class="scroll log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={w.log}
        onScroll={({ currentTarget: at }) => {
          atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
      >
        {log.map(({ at, level, text }, i) => (
          <p key={i} class={level}>
            <time>{clock(at)}</time>
            {text}
          </p>
        ))}
      </section>
    </Cell>
  );
}

export function About({ state: { command, engine, plan, options, trains } }: { readonly state: LiveState }) {
  const w = useWords(words);
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    [w.command, command && <Command text={command} />],
    [w.engine, engine && `${engine.name} (${engine.reason})`],
    [w.photographsFound, plan && `${count(plan.images)} / ${count(plan.files)}`],
    [w.cropsEpoch, plan && count(plan.crops)],
    [w.batches, plan?.batchesPerEpoch === undefined ? undefined : count(plan.batchesPerEpoch)],
    [w.notWritten, plan && trains ? bytes(plan.preCropBytes).join(' ') : undefined],
  ];
  return (
    <Cell title={w.run} area="about">
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="whole">{value}</dd>
            </div>
          ))}
      </dl>
      {options !== undefined && (
        <details>
          <summary>{w.options}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
          <pre tabIndex={0}>{options}</pre>
        </details>
      )}
    </Cell>
  );
}

/** Broken between its words, and never after the first hyphen of `--set`. */
function Command({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(' ').map((word, i) => (
        <Fragment key={i}>
          {i > 0 && ' '}
          <span class="word">{word}</span>
        </Fragment>
      ))}
    </>
  );
}
