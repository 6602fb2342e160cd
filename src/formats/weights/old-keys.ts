import type { FloatTensor } from '../safetensors/index.js';

type WeightSet = ReadonlyMap<string, FloatTensor>;
type Rename = (key: string) => string | null | undefined;

/**
 * The same weights under the keys of today's networks.
 * @param note is told what was changed
 */
export function modernKeys(set: WeightSet, note: (text: string) => void): WeightSet {
  const bare = withoutModule(set, note);
  for (const { text, rename } of [firstEsrgan(bare), secondEsrgan(bare)]) {
    if (!rename) continue;
    const renamed = [...bare].map(([key, tensor]) => [rename(key), tensor] as const);
    // All or nothing: a network that only looks like it keeps its keys, so that errors name them as they are.
    if (renamed.some(([key]) => typeof key !== 'string')) continue;
    note(text);
    return new Map(renamed as [string, FloatTensor][]);
  }
  return bare;
}

function withoutModule(set: WeightSet, note: (text: string) => void): WeightSet {
  const keys = [...set.keys()];
  if (keys.length === 0 || !keys.every((key) => key.startsWith('module.'))) return set;
  note('module. taken off the keys');
  return new Map([...set].map(([key, tensor]) => [key.slice('module.'.length), tensor]));
}

interface OldKeys {
  readonly text: string;
  readonly rename?: Rename;
}

/** Keys of the first release of ESRGAN: the trunk is `model.1.sub`, and the layers after it are numbered. */
function firstEsrgan(set: WeightSet): OldKeys {
  const text = 'keys of the first ESRGAN renamed';
  const last = [...set.keys()].flatMap((key) => /^model\.1\.sub\.(\d+)\.weight$/.exec(key)?.[1] ?? []);
  // Only the x4 network has today's layers: the smaller ones enlarge less often, where RRDBNet folds its input.
  if (last.length !== 1 || !set.has('model.10.weight')) return { text };
  const layers: Readonly<Record<string, string>> = {
    0: 'conv_first',
    3: 'conv_up1',
    6: 'conv_up2',
    8: 'conv_hr',
    10: 'conv_last',
  };
  return {
    text,
    rename(key) {
      const dense = /^model\.1\.sub\.(\d+)\.RDB([123])\.conv([1-5])\.0\.(weight|bias)$/.exec(key);
      if (dense) return `body.${dense[1]}.rdb${dense[2]}.conv${dense[3]}.${dense[4]}`;
      const body = /^model\.1\.sub\.(\d+)\.(weight|bias)$/.exec(key);
      if (body) return body[1] === last[0] ? `conv_body.${body[2]}` : undefined;
      const layer = /^model\.(\d+)\.(weight|bias)$/.exec(key);
      const name = layer && layers[layer[1]!];
      return name && `${name}.${layer[2]}`;
    },
  };
}

/** Keys of ESRGAN's second release and of BSRGAN: today's layers by other names. */
function secondEsrgan(set: WeightSet): OldKeys {
  const text = 'keys of ESRGAN before BasicSR renamed';
  if (!set.has('trunk_conv.weight')) return { text };
  const layers: Readonly<Record<string, string>> = {
    conv_first: 'conv_first',
    trunk_conv: 'conv_body',
    upconv1: 'conv_up1',
    upconv2: 'conv_up2',
    HRconv: 'conv_hr',
    conv_last: 'conv_last',
  };
  return {
    text,
    rename(key) {
      const dense = /^RRDB_trunk\.(\d+)\.RDB([123])\.conv([1-5])\.(weight|bias)$/.exec(key);
      if (dense) return `body.${dense[1]}.rdb${dense[2]}.conv${dense[3]}.${dense[4]}`;
      const layer = /^(\w+)\.(weight|bias)$/.exec(key);
      const name = layer && layers[layer[1]!];
      return name && `${name}.${layer[2]}`;
    },
  };
}
