import type { StepNode } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { Icon } from './icons.js';
import { inward, moveTo, outward, type Place } from './places.js';
import { texts } from './words.js';

/** What can be done with a step as a whole. */
export function StepTools({ step, neighbours }: { readonly step: StepNode; readonly neighbours: number }) {
  const words = useWords(texts);
  const bench = useBench();
  const path = [...step.path];
  const at = Number(path.at(-1));
  const tree = useBenchState((state) => state.tree);
  const tool = (
    icon: Parameters<typeof Icon>[0]['name'],
    label: string,
    act: () => void,
    disabled = false,
  ) => (
    <button type="button" class="bare" title={label} aria-label={label} disabled={disabled} onClick={act}>
      <Icon name={icon} />
    </button>
  );
  const carry = (icon: 'into' | 'out', label: string, place: Place | undefined) => {
    const operation = place && moveTo(step, place);
    return tool(icon, label, () => operation && bench.edit(operation), !operation);
  };
  return (
    <div class="tools">
      {tool('up', words.up, () => bench.edit({ op: 'move', path, to: at - 1 }), at === 0)}
      {tool('down', words.down, () => bench.edit({ op: 'move', path, to: at + 1 }), at === neighbours - 1)}
      {carry('into', words.into, inward(tree, step))}
      {carry('out', words.out, outward(step))}
      {tool('copy', words.duplicate, () =>
        bench.edit({ op: 'duplicate', path }, [...path.slice(0, -1), at + 1].join('.')),
      )}
      <select
        aria-label={words.wrap}
        value=""
        onChange={(event) => {
          const kind = (['one_of', 'shuffle', 'repeat'] as const).find(
            (one) => one === event.currentTarget.value,
          );
          event.currentTarget.value = '';
          if (kind) bench.edit({ op: 'wrap', path, kind }, path.join('.'));
        }}
      >
        <option value="">{words.wrap} …</option>
        <option value="one_of">{words.one_of}</option>
        <option value="shuffle">{words.shuffle}</option>
        <option value="repeat">{words.repeat}</option>
      </select>
      <span class="room" />
      {tool('remove', words.remove, () => bench.edit({ op: 'remove', path }))}
    </div>
  );
}
