import type { Meters } from './meters.js';
import type { Service } from './service.js';

type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

function family(name: string, type: 'counter' | 'gauge', help: string, values: readonly Value[]): string[] {
  const full = `esrgan_${name}`;
  const lines = values.map(([labels, value]) => {
    const set = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    return `${full}${set.length > 0 ? `{${set.join(',')}}` : ''} ${value}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines];
}

/** The state of a service in the text format of Prometheus (version 0.0.4). */
export function prometheus({ arena, rooms, memory, sources, decoding }: Service, meters: Meters): string {
  const stages = [decoding.snapshot(), ...meters.stages()];
  const one = (value: number): Value[] => [[{}, value]];
  // Without a batch stage the room counts crops, whose size is not known.
  const bytesOf = memory.perCrop > 1 ? memory.perCrop : 0;
  const parts = (images: number, pairs: number): Value[] => [
    [{ part: 'images' }, images],
    [{ part: 'pairs' }, pairs],
  ];
  return [
    ...family('readers', 'gauge', 'Readers that are connected.', one(meters.readers)),
    ...family('pairs_total', 'counter', 'Pairs that have left for their readers.', one(meters.pairs)),
    ...family(
      'pairs_per_second',
      'gauge',
      'Pairs a second over the last ten seconds.',
      one(meters.pairsPerSecond),
    ),
    ...family('sent_bytes_total', 'counter', 'Bytes of samples that have left.', one(meters.bytes)),
    ...family(
      'decoded_total',
      'counter',
      'Photographs decoded, repeated ones included.',
      one(sources.decoded),
    ),
    ...family('held_bytes', 'gauge', 'Bytes held now.', parts(arena.held, rooms.held * bytesOf)),
    ...family(
      'budget_bytes',
      'gauge',
      'Bytes that may be held.',
      parts(arena.capacity, rooms.places * bytesOf),
    ),
    ...family(
      'stage_waiting',
      'gauge',
      'Items that have entered a stage and have not left it.',
      stages.map(({ stage, waiting }) => [{ stage }, waiting]),
    ),
    ...family(
      'stage_items_total',
      'counter',
      'Items that have left a stage.',
      stages.map(({ stage, out }) => [{ stage }, out]),
    ),
    ...family(
      'stage_busy_seconds_total',
      'counter',
      'Seconds of work in a stage, summed over parallel items.',
      stages.map(({ stage, busyMs }) => [{ stage }, busyMs / 1000]),
    ),
    ...family('resident_bytes', 'gauge', 'Memory of the process.', one(process.memoryUsage.rss())),
    '',
  ].join('\n');
}
