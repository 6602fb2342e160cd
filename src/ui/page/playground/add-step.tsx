import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Json } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useAbout } from './about.js';
import { useBench, useBenchState } from './context.js';
import { Icon } from './icons.js';
import { texts } from './words.js';

interface AddProps {
  /** The list that the step goes into. */
  readonly path: readonly (string | number)[];
  readonly at: number;
  readonly label: string;
  readonly small?: boolean;
}

interface Offer {
  readonly name: string;
  readonly about: string;
  readonly step: Json;
}

/** A button that opens the list of all operators, plug-ins and presets. */
export function AddStep({ path, at, label, small = false }: AddProps) {
  const words = useWords(texts);
  const say = useAbout();
  const bench = useBench();
  const opening = useBenchState((state) => state.opening);
  const dialog = useRef<HTMLDialogElement>(null);
  const [sought, setSought] = useState('');
  const [open, setOpen] = useState(false);
  const show = (): void => {
    setSought('');
    setOpen(true);
  };
  // Before the next key arrives: it is meant for the dialog.
  useLayoutEffect(() => {
    if (!open) return;
    dialog.current?.showModal();
    dialog.current?.querySelector('input')?.focus();
  }, [open]);
  const add = (step: Json): void => {
    dialog.current?.close();
    bench.edit({ op: 'insert', path: [...path], at, step }, [...path, at].join('.'));
  };
  const operators = opening?.operators ?? [];
  const fits = ({ name, about }: Offer, text: string): boolean =>
    `${name} ${name.replaceAll('_', ' ')} ${about} ${say(about)}`
      .toLowerCase()
      .includes(text.trim().toLowerCase());
  const offers: readonly (readonly [string, readonly Offer[]])[] = [
    [
      words.operators,
      operators.filter(({ use }) => !use).map(({ name, about, starter }) => ({ name, about, step: starter })),
    ],
    [
      words.plugins,
      operators.filter(({ use }) => use).map(({ name, about, starter }) => ({ name, about, step: starter })),
    ],
    [words.presets, (opening?.presets ?? []).map((name) => ({ name, about: '', step: { preset: name } }))],
  ];
  const find = (text: string) =>
    offers
      .map(([title, all]) => [title, all.filter((offer) => fits(offer, text))] as const)
      .filter(([, all]) => all.length > 0);
  const found = find(sought);
  const first = sought === '' ? undefined : found[0]?.[1][0];
  return (
    <>
      <button
        type="button"
        class={small ? 'bare add-small' : 'add'}
        title={label}
        aria-label={label}
        onClick={show}
      >
        <Icon name="plus" /> {small ? '' : label}
      </button>
      {open && (
        <dialog ref={dialog} class="add-dialog" aria-label={label} onClose={() => setOpen(false)}>
          <form
            method="dialog"
            onSubmit={(event) => {
              event.preventDefault();
              // What is in the field, also where the list has not followed yet.
              const text = event.currentTarget.querySelector('input')!.value;
              const wanted = text === '' ? undefined : find(text)[0]?.[1][0];
              if (wanted) add(wanted.step);
            }}
          >
            <input
              type="search"
              placeholder={words.find}
              aria-label={words.find}
              value={sought}
              onInput={(event) => setSought(event.currentTarget.value)}
            />
            <button type="button" onClick={() => dialog.current?.close()}>
              {words.cancel}
            </button>
          </form>
          <div class="offers">
            {found.length === 0 && <p class="quiet">{words.nothingFound}</p>}
            {found.map(([title, all]) => (
              <section key={title}>
                <h3>{title}</h3>
                <ul>
                  {all.map((offer) => (
                    <li key={offer.name}>
                      <button
                        type="button"
                        class={offer === first ? 'first' : undefined}
                        onClick={() => add(offer.step)}
                      >
                        <b>{offer.name.replaceAll('_', ' ')}</b>
                        <span class="quiet">{say(offer.about)}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </dialog>
      )}
    </>
  );
}
