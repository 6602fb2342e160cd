import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { crc32c, EventWriter, encodeEvent, frameRecord } from '../../src/formats/tfevents/index.js';
import { encode } from '../../src/images/encode.js';
import { runPython, withoutModule } from '../python.js';

const folder = (): string => mkdtempSync(path.join(tmpdir(), 'esrgan-events-'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

t.test('CRC-32C: the vectors of RFC 3720, appendix B.4', async (t) => {
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  t.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  t.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
});

t.test('records and events, byte for byte as TensorFlow writes them', async (t) => {
  const version = encodeEvent({ time: 1.5, fileVersion: 'brain.Event:2' });
  t.equal(hex(version), '09000000000000f83f1a0d627261696e2e4576656e743a32');
  const scalar = encodeEvent({ time: 1.5, step: 300, summaries: [{ tag: 'losses/l_pix', value: 0.25 }] });
  t.equal(hex(scalar), '09000000000000f83f10ac022a150a130a0c6c6f737365732f6c5f706978150000803e');
  t.equal(hex(frameRecord(Buffer.from('abc'))), '0300000000000000b099490e6162636e57f121');
});

function written(): string {
  const into = folder();
  let clock = 1_700_000_000;
  const now = (): number => clock++;
  const first = new EventWriter(path.join(into, 'tb_logger'), { now });
  first.scalars(1, { 'losses/l_pix': 0.5, 'lr/lr_0': 2e-4 });
  first.scalars(2, {});
  first.scalars(3, { 'losses/l_pix': Number.NaN });
  first.scalars(4, { 'losses/l_pix': 9 });
  first.close();
  const second = new EventWriter(path.join(into, 'tb_logger'), { from: 4, now });
  second.scalars(5_000_000_000, { 'losses/l_pix': 0.25 });
  second.sync();
  second.close();
  return path.dirname(first.file);
}

t.test('files', async (t) => {
  const into = folder();
  const writer = new EventWriter(into, { now: () => 12 });
  t.match(path.basename(writer.file), /^events\.out\.tfevents\.0000000012\..+\.\d+$/);
  writer.scalars(7, { a: 1 });
  // On the disk before it is closed.
  const expected = [
    encodeEvent({ time: 12, fileVersion: 'brain.Event:2' }),
    encodeEvent({ time: 12, step: 7, summaries: [{ tag: 'a', value: 1 }] }),
  ];
  t.equal(hex(readFileSync(writer.file)), expected.map((event) => hex(frameRecord(event))).join(''));
  writer.close();
});

t.test("TensorBoard's own reader takes them", { skip: withoutModule('tensorboard') ?? false }, async (t) => {
  const into = written();
  const pictures = new EventWriter(into, { from: 6_000_000_000 });
  const image = {
    data: new Uint8Array(3 * 4 * 2).fill(200),
    width: 4,
    height: 2,
    channels: 3,
    stride: 12,
  } as const;
  pictures.image(6_000_000_000, { tag: 'val/a', png: await encode(image, 'png'), width: 4, height: 2 });
  pictures.close();
  const printed = runPython(
    `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], purge_orphaned_data=True)
events.Reload()
tags = events.Tags()
print(json.dumps({
    'scalars': {tag: [[e.wall_time, e.step, str(e.value)] for e in events.Scalars(tag)] for tag in tags['scalars']},
    'images': {tag: [[e.step, e.width, e.height, e.encoded_image_string[1:4].decode()] for e in events.Images(tag)] for tag in tags['images']},
}))`,
    [into],
  );

  // Python takes long to load torch or TensorFlow.
  t.setTimeout(300_000);
  const { scalars, images } = JSON.parse(printed.slice(printed.indexOf('{'))) as Record<string, unknown>;
  t.same(scalars, {
    'losses/l_pix': [
      [1_700_000_002, 1, '0.5'],
      [1_700_000_003, 3, 'nan'],
      [1_700_000_008, 5_000_000_000, '0.25'],
    ],
    'lr/lr_0': [[1_700_000_002, 1, '0.00019999999494757503']],
  });
  t.same(images, { 'val/a': [[6_000_000_000, 4, 2, 'PNG']] });
});
