/** A network that a file's keys and shapes belong to. */
export interface Architecture {
  /** The name that option files give it as `type`. */
  readonly type: string;
  readonly role: 'generator' | 'discriminator' | 'classifier';
  /** How many times larger a generator's output is than its input. */
  readonly scale?: number;
  /** The network's options in BasicSR's words, `type` among them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the keys cannot tell. */
  readonly assumed?: string;
}

/** Anything with keys and shapes. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Recognises a network by the keys and shapes of its weights.
 * @param network_g the network's options as JSON, where the file has them: they tell what the keys cannot
 */
export function recognise(set: Shapes, network_g?: string): Architecture | undefined {
  for (const look of [rrdbnet, srvgg, msrresnet, span, unetDiscriminator, vggStyleDiscriminator, vgg]) {
    const found = look(set);
    if (found) return withOptions(found, network_g);
  }
  return undefined;
}

function withOptions(found: Architecture, network_g: string | undefined): Architecture {
  const told = jsonObject(network_g);
  if (told?.type !== found.type) return found;
  const { assumed: _, ...sure } = found;
  return { ...sure, options: { ...found.options, ...told } };
}

function jsonObject(text: string | undefined): Partial<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const dim = (set: Shapes, key: string, axis: number): number => set.get(key)?.shape[axis] ?? 0;

/** One more than the largest number that stands where the pattern has its group. */
function count(set: Shapes, pattern: RegExp): number {
  return Math.max(-1, ...[...set.keys()].map((key) => Number(pattern.exec(key)?.[1] ?? -1))) + 1;
}

function rrdbnet(set: Shapes): Architecture | undefined {
  if (!set.has('body.0.rdb1.conv1.weight') || !set.has('conv_first.weight')) return undefined;
  const num_out_ch = dim(set, 'conv_last.weight', 0);
  const inputs = dim(set, 'conv_first.weight', 1);
  // Scales 2 and 1 fold 2 x 2 and 4 x 4 pixels into the channels of the first convolution.
  const scale = { 16: 1, 4: 2 }[inputs / num_out_ch] ?? 4;
  const options = {
    type: 'RRDBNet',
    num_in_ch: inputs / (4 / scale) ** 2,
    num_out_ch,
    scale,
    num_feat: dim(set, 'conv_first.weight', 0),
    num_block: count(set, /^body\.(\d+)\./),
    num_grow_ch: dim(set, 'body.0.rdb1.conv1.weight', 0),
  };
  return { type: 'RRDBNet', role: 'generator', scale, options };
}

function srvgg(set: Shapes): Architecture | undefined {
  const end = count(set, /^body\.(\d+)\.weight$/) - 1;
  if (end < 2 || end % 2 !== 0 || set.has('conv_last.weight') || dim(set, `body.${end}.weight`, 2) !== 3)
    return undefined;
  const num_in_ch = dim(set, 'body.0.weight', 1);
  const upscale = Math.sqrt(dim(set, `body.${end}.weight`, 0) / num_in_ch);
  if (!Number.isInteger(upscale)) return undefined;
  const prelu = set.has('body.1.weight');
  const options = {
    type: 'SRVGGNetCompact',
    num_in_ch,
    num_out_ch: num_in_ch,
    num_feat: dim(set, 'body.0.weight', 0),
    num_conv: end / 2 - 1,
    upscale,
    act_type: prelu ? 'prelu' : 'relu',
  };
  const assumed = prelu ? {} : { assumed: 'act_type relu: leakyrelu has the same keys' };
  return { type: 'SRVGGNetCompact', role: 'generator', scale: upscale, options, ...assumed };
}

function msrresnet(set: Shapes): Architecture | undefined {
  if (!set.has('body.0.conv1.weight') || !set.has('upconv1.weight') || !set.has('conv_hr.weight'))
    return undefined;
  const num_feat = dim(set, 'conv_first.weight', 0);
  const step = Math.sqrt(dim(set, 'upconv1.weight', 0) / num_feat);
  const upscale = set.has('upconv2.weight') ? step * step : step;
  const options = {
    type: 'MSRResNet',
    num_in_ch: dim(set, 'conv_first.weight', 1),
    num_out_ch: dim(set, 'conv_last.weight', 0),
    num_feat,
    num_block: count(set, /^body\.(\d+)\./),
    upscale,
  };
  return { type: 'MSRResNet', role: 'generator', scale: upscale, options };
}

function span(set: Shapes): Architecture | undefined {
  if (!set.has('block_1.c1_r.sk.weight') || !set.has('conv_cat.weight')) return undefined;
  const num_in_ch = dim(set, 'conv_1.sk.weight', 1);
  const upscale = Math.sqrt(dim(set, 'upsampler.0.weight', 0) / num_in_ch);
  if (!Number.isInteger(upscale)) return undefined;
  const options = {
    type: 'SPAN',
    num_in_ch,
    num_out_ch: num_in_ch,
    feature_channels: dim(set, 'conv_1.sk.weight', 0),
    upscale,
  };
  const assumed = 'img_range 255 and the usual rgb_mean: the keys do not tell';
  return { type: 'SPAN', role: 'generator', scale: upscale, options, assumed };
}

function unetDiscriminator(set: Shapes): Architecture | undefined {
  if (!set.has('conv1.weight_orig') || !set.has('conv9.weight')) return undefined;
  const options = {
    type: 'UNetDiscriminatorSN',
    num_in_ch: dim(set, 'conv0.weight', 1),
    num_feat: dim(set, 'conv0.weight', 0),
    skip_connection: true,
  };
  const assumed = 'skip_connection true: the keys do not tell';
  return { type: 'UNetDiscriminatorSN', role: 'discriminator', options, assumed };
}

function vggStyleDiscriminator(set: Shapes): Architecture | undefined {
  if (!set.has('conv0_0.weight') || !set.has('linear1.weight')) return undefined;
  const options = {
    type: 'VGGStyleDiscriminator',
    num_in_ch: dim(set, 'conv0_0.weight', 1),
    num_feat: dim(set, 'conv0_0.weight', 0),
    input_size: set.has('conv5_0.weight') ? 256 : 128,
  };
  return { type: 'VGGStyleDiscriminator', role: 'discriminator', options };
}

/** torchvision's VGG, of which the perceptual loss uses the convolutions. */
function vgg(set: Shapes): Architecture | undefined {
  const convolutions = [...set].filter(
    ([key, { shape }]) => /^features\.\d+\.weight$/.test(key) && shape.length === 4,
  );
  const type = { 8: 'VGG11', 10: 'VGG13', 13: 'VGG16', 16: 'VGG19' }[convolutions.length];
  if (type === undefined || !set.has('features.0.weight')) return undefined;
  return { type, role: 'classifier', options: { type, num_feat: dim(set, 'features.0.weight', 0) } };
}
