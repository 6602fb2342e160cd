import {
  type Architecture,
  type InspectedModel,
  type InspectedState,
  type InspectedWeights,
  inspectFile,
} from '../../formats/weights/index.js';
import { visible } from '../display/escape.js';
import { bytes, count, plural } from '../display/format.js';
import { type Io, print } from '../io.js';

export interface InspectFlags {
  readonly json?: boolean;
  readonly keys?: boolean;
}

/** Says what a file of weights or a training state holds. */
export async function inspect(file: string, flags: InspectFlags, io: Io): Promise<number> {
  const found = await inspectFile(file);
  if (flags.json) io.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.kind === 'weights') print(io.stdout, weightLines(found, flags.keys === true));
  else if (found.kind === 'model') print(io.stdout, modelLines(found, flags.keys === true));
  else print(io.stdout, stateLines(found));
  return 0;
}

/** `RRDBNet x4`. */
export const titleOf = ({ type, scale }: Architecture): string =>
  scale === undefined ? type : `${type} x${scale}`;

const row = (name: string, value: string): string => `  ${name.padEnd(13)} ${value}`;

function weightLines(found: InspectedWeights, keys: boolean): string[] {
  const { architecture, sets, metadata, notes, iter } = found;
  const lines = [visible(found.file), row('file', `${bytes(found.bytes)}, ${found.format}`)];
  if (architecture) {
    const { type: _, ...options } = architecture.options;
    const listed = Object.entries(options).map(([name, value]) => `${name} ${value}`);
    lines.push(row('architecture', titleOf(architecture)), row('options', listed.join(', ')));
    if (architecture.assumed) lines.push(row('assumed', architecture.assumed));
  } else lines.push(row('architecture', 'unknown: the keys are those of no network known here'));
  for (const [name, { parameters, keys }] of Object.entries(sets))
    lines.push(row(name, `${count(parameters)} parameters in ${plural(Object.keys(keys).length, 'tensor')}`));
  if (iter !== undefined) lines.push(row('iterations', count(iter)));
  for (const [name, value] of Object.entries(metadata))
    if (!['iter', 'network_g', 'scale'].includes(name)) lines.push(row(visible(name), visible(value)));
  lines.push(...notes.map((note) => row('note', visible(note))));
  if (keys)
    for (const [name, set] of Object.entries(sets)) {
      lines.push(name);
      for (const [key, shape] of Object.entries(set.keys))
        lines.push(`  ${visible(key)} [${shape.join(', ')}]`);
    }
  return lines;
}

function modelLines(found: InspectedModel, keys: boolean): string[] {
  const { scale, iter } = found.metadata;
  const operations = Object.entries(found.operations).map(([name, times]) => `${times} ${visible(name)}`);
  const weights = Object.entries(found.weights);
  const lines = [
    visible(found.file),
    row(
      'file',
      `${bytes(found.bytes)}, ONNX, opset ${found.opset ?? 'unknown'}, by ${visible(found.producer)}`,
    ),
    row('graph', visible(scale === undefined ? found.name : `${found.name} x${scale}`)),
    row('parameters', `${count(found.parameters)} in ${plural(weights.length, 'tensor')}`),
    row('operations', operations.join(', ')),
  ];
  if (iter !== undefined) lines.push(row('iterations', visible(iter)));
  if (keys) for (const [key, shape] of weights) lines.push(`  ${visible(key)} [${shape.join(', ')}]`);
  return lines;
}

function stateLines({ file, bytes: size, epoch, iter, optimizers }: InspectedState): string[] {
  return [
    visible(file),
    row('file', `${bytes(size)}, training state of BasicSR`),
    row('iterations', count(iter)),
    row('epoch', count(epoch)),
    ...optimizers.map(({ tensors, parameters, step, lr }, i) => {
      const steps = step === undefined ? '' : `, ${plural(step, 'step')}`;
      const moments = `moments of ${count(parameters)} parameters in ${plural(tensors, 'tensor')}`;
      return row(`optimizer ${i}`, `${moments}${steps}, lr ${lr.join(', ')}`);
    }),
  ];
}
