import path from 'node:path';
import { encodeNpy } from '../../../formats/npy.js';
import { type EncodeFormat, formatForExtension } from '../../../images/encode.js';
import type { Sample } from '../../../plan/types.js';
import { Crop } from '../../decode/crop.js';
import type { LeasedPair } from '../../degrade/degrade.js';
import type { Workers } from '../../workers/workers.js';
import { outputName } from '../names.js';
import type { UnitTarget } from './layout.js';

/** A picture as the bytes of a file. */
export interface Picture {
  readonly extension: string;
  readonly data: Uint8Array;
}

export interface EncodedSample {
  readonly sample: Sample;
  readonly gt: Picture;
  readonly lq?: Picture;
  /** What was drawn for a pair. */
  readonly record?: LeasedPair['record'];
}

export interface EncodeTools {
  readonly workers: Workers;
  readonly arena: { readonly memory: WebAssembly.Memory };
}

const extensions = { png: '.png', webp: '.webp', jpeg: '.jpg', raw: '.npy' } as const;

/** The pictures of a sample, encoded in worker threads. The pixels of a crop may be released afterwards. */
export async function encodeSample(
  item: Crop | LeasedPair,
  target: UnitTarget,
  { workers, arena }: EncodeTools,
): Promise<EncodedSample> {
  const { sample } = item;
  const level = target.options.compression_level;
  const encode = async (extension: string, pixels: Uint8Array, size: { width: number; height: number }) => {
    const { width, height } = size;
    if (extension === '.npy') return { extension, data: encodeNpy([height, width, 3], pixels) };
    const image = { data: pixels, width, height, channels: 3, stride: 3 * width } as const;
    const format = formatOf(extension);
    const task = { kind: 'encode', image, format, level } as const;
    return { extension, data: await workers.run<'encode'>(task, [pixels.buffer as ArrayBuffer]) };
  };
  if (item instanceof Crop) {
    const extension = extensionOf(target, sample);
    if (extension === '.npy') return { sample, gt: { extension, data: rawCrop(item) } };
    const crop = item.sharedWith(arena.memory);
    const task = { kind: 'encode', image: crop, format: formatOf(extension), level } as const;
    return { sample, gt: { extension, data: await workers.run<'encode'>(task) } };
  }
  const extension = extensionOf(target, sample);
  const [gt, lq] = await Promise.all([
    encode(extension, item.gt, item.gtSize),
    encode(extension, item.lq, item.lqSize),
  ]);
  return { sample, gt, lq, record: item.record };
}

function extensionOf({ kind, options }: UnitTarget, { source, window }: Sample): string {
  if (kind === 'write') return path.extname(outputName(source, window, options.format));
  return extensions[options.encode];
}

const formatOf = (extension: string): EncodeFormat => formatForExtension(extension) ?? 'png';

function rawCrop({ pixels }: Crop): Uint8Array {
  const { data, width, height, channels, stride } = pixels;
  const packed = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    packed.set(data.subarray(y * stride, y * stride + width * channels), y * width * channels);
  return encodeNpy([height, width, channels], packed);
}
