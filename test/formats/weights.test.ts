import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import t from 'tap';
import { exportOnnx } from '../../src/formats/onnx/export.js';
import type { FloatTensor } from '../../src/formats/safetensors/index.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { readWeights, recognise, type WeightSets, writeWeights } from '../../src/formats/weights/index.js';
import { readNpy } from '../npy.js';
import { runPython, withoutModule } from '../python.js';
import { fixture } from '../root.js';
import { torchNetworks } from './torch-networks.js';

// Python takes long to load torch or TensorFlow.
t.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), 'esrgan-weights-'));
const noTorch = withoutModule('torch');

interface Golden {
  readonly arch: string;
  readonly args: Readonly<Record<string, unknown>>;
}
const goldens = JSON.parse(readFileSync(fixture('networks', 'index.json'), 'utf8')) as Record<string, Golden>;
const generators = Object.entries(goldens).filter(([, { arch }]) =>
  ['RRDBNet', 'SRVGGNetCompact'].includes(arch),
);
const params = (name: string) => readSafetensors(fixture('networks', name, 'params.safetensors'));

async function run(model: Uint8Array, shape: readonly number[], data: Float32Array): Promise<Tensor> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { output } = await session.run({ input: new Tensor('float32', data, [...shape]) });
  await session.release();
  return output as Tensor;
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a, (x, i) => Math.abs(x - b[i]!)).reduce((m, d) => Math.max(m, d), 0)
    : Infinity;

t.test('the same weights come out of every format, and its network is recognised', async (t) => {
  for (const name of ['net_g_10', 'legacy_format', 'plain', 'legacy_plain', 'module_prefix', 'params_only']) {
    const { sets, notes } = await readWeights(fixture('pth', `${name}.pth`));
    const { tensors } = await readSafetensors(fixture('pth', 'params.safetensors'));
    t.same(sets.params, tensors, name);
    t.equal(notes.length, name === 'module_prefix' ? 1 : 0);
    t.equal(sets.params_ema !== undefined, ['net_g_10', 'legacy_format'].includes(name));
  }
  const ema = await readWeights(fixture('pth', 'params_ema_only.pth'));
  t.same(Object.keys(ema.sets), ['params_ema']);
  t.same(recognise(ema.sets.params_ema!)?.options, {
    type: 'SRVGGNetCompact',
    num_in_ch: 3,
    num_out_ch: 3,
    num_feat: 4,
    num_conv: 1,
    upscale: 2,
    act_type: 'prelu',
  });
  for (const [name, { arch, args }] of generators)
    t.match(recognise((await params(name)).tensors), { type: arch, role: 'generator', options: args }, name);
  const d = await readWeights(fixture('pth', 'net_d_10.pth'));
  t.match(recognise(d.sets.params!), {
    type: 'UNetDiscriminatorSN',
    role: 'discriminator',
    options: { num_in_ch: 3, num_feat: 8 },
  });
  t.equal(recognise(new Map([['fc.weight', { shape: [10, 10] }]])), undefined);
});

t.test('writing and reading', async (t) => {
  const { sets } = await readWeights(fixture('pth', 'net_g_10.pth'));
  const metadata = { iter: '10', scale: '2' };
  for (const name of ['a.pth', 'a.safetensors']) {
    const file = path.join(folder, name);
    await writeWeights(file, { sets, metadata });
    const again = await readWeights(file);
    t.same(again.sets, sets, name);
    t.same(again.metadata, metadata, name);
    await writeWeights(file, { sets: { params_ema: sets.params_ema } });
    t.same((await readWeights(file)).sets, { params_ema: sets.params_ema });
  }
  t.same(
    readFileSync(path.join(folder, 'a.pth'))
      .toString('latin1')
      .match(/params\b/g),
    null,
  );
  await t.rejects(writeWeights('a.bin', { sets }), { code: 'WEIGHTS_FORMAT', place: { file: 'a.bin' } });
});

t.test('a safetensors file whose first bytes look like a pickle', async (t) => {
  const file = path.join(folder, 'like-a-pickle.safetensors');
  const tensors = new Map([['conv.weight', { shape: [1], data: new Float32Array([3]) }]]);
  const length = 'x'.repeat(
    640 -
      Buffer.byteLength(
        '{"__metadata__":{"a":""},"params.conv.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      ),
  );
  await writeWeights(file, { sets: { params: tensors }, metadata: { a: length } });
  t.same([...readFileSync(file).subarray(0, 2)], [0x80, 2]);
  t.same((await readWeights(file)).sets.params, tensors);
});

t.test('files without weights', async (t) => {
  const missing = path.join(folder, 'none.pth');
  await t.rejects(readWeights(missing), {
    code: 'WEIGHTS_UNREADABLE',
    message: /no such file/,
    place: { file: missing },
  });
  await t.rejects(readWeights(folder), { code: 'WEIGHTS_UNREADABLE', message: /folder/ });
  await t.rejects(readWeights(fixture('pth', '10.state')), {
    code: 'WEIGHTS_NONE',
    message: /training state/,
  });
  await t.rejects(readWeights(fixture('pth', 'malicious.pth')), { code: 'PTH_REFUSED' });
  const picture = path.join(folder, 'x.pth');
  writeFileSync(picture, 'GIF89a');
  await t.rejects(readWeights(picture), { code: 'WEIGHTS_UNKNOWN', place: { file: picture } });
});

t.test('keys of the first and second ESRGAN', async (t) => {
  const { tensors } = await params('rrdbnet_x4');
  const blocks = 2;
  const [first, second] = [
    {
      conv_first: '0',
      conv_body: `1.sub.${blocks}`,
      conv_up1: '3',
      conv_up2: '6',
      conv_hr: '8',
      conv_last: '10',
    },
    {
      conv_first: 'conv_first',
      conv_body: 'trunk_conv',
      conv_up1: 'upconv1',
      conv_up2: 'upconv2',
      conv_hr: 'HRconv',
      conv_last: 'conv_last',
    },
  ] as Record<string, string>[];
  const older = (layer: (name: string) => string, dense: (b: string, r: string, c: string) => string) =>
    new Map(
      [...tensors].map(([key, tensor]): [string, FloatTensor] => {
        const found = /^body\.(\d+)\.rdb(\d)\.conv(\d)\.(\w+)$/.exec(key);
        if (found) return [`${dense(found[1]!, found[2]!, found[3]!)}.${found[4]}`, tensor];
        const [name, kind] = key.split('.') as [string, string];
        return [`${layer(name)}.${kind}`, tensor];
      }),
    );
  const firstKeys = older(
    (name) => `model.${first![name]}`,
    (b, r, c) => `model.1.sub.${b}.RDB${r}.conv${c}.0`,
  );
  const secondKeys = older(
    (name) => second![name]!,
    (b, r, c) => `RRDB_trunk.${b}.RDB${r}.conv${c}`,
  );
  t.ok(firstKeys.has('model.1.sub.0.RDB1.conv1.0.weight') && firstKeys.has('model.1.sub.2.weight'));
  for (const set of [firstKeys, secondKeys]) {
    const file = path.join(folder, 'old.pth');
    await writeWeights(file, { sets: { params: set } });
    const { sets, notes } = await readWeights(file);
    t.same(sets.params, tensors);
    t.match(notes, [/renamed/]);
  }
  // A network that only looks like it keeps its keys.
  const file = path.join(folder, 'other.pth');
  await writeWeights(file, {
    sets: { params: new Map([...firstKeys].filter(([key]) => key !== 'model.10.weight')) },
  });
  t.ok((await readWeights(file)).sets.params!.has('model.0.weight'));
});

t.test('ONNX gives the pictures of the original networks', async (t) => {
  for (const [name, { arch }] of generators) {
    const { tensors } = await params(name);
    const architecture = recognise(tensors)!;
    t.equal(architecture.type, arch);
    const input = readNpy(fixture('networks', name, 'input.npy'));
    const wanted = readNpy(fixture('networks', name, 'output.npy'));
    const output = await run(exportOnnx(architecture, tensors), input.shape, input.data);
    t.same(output.dims, wanted.shape);
    const off = difference(output.data as Float32Array, wanted.data);
    t.ok(off < 1e-5, `${name} is off by ${off}`);
  }
});

t.test('what cannot be exported', async (t) => {
  const { sets } = await readWeights(fixture('pth', 'net_d_10.pth'));
  const refuse = (set: ReadonlyMap<string, FloatTensor>, code: string, message: RegExp): void => {
    t.throws(() => exportOnnx(recognise(set)!, set), { code, message });
  };
  refuse(sets.params!, 'ONNX_NETWORK', /UNetDiscriminatorSN/);
  const { tensors } = await params('rrdbnet_x4');
  refuse(
    new Map([...tensors].filter(([key]) => key !== 'conv_hr.bias')),
    'ONNX_WEIGHTS',
    /lack conv_hr\.bias/,
  );
  refuse(
    new Map([...tensors, ['extra.weight', tensors.get('conv_hr.bias')!]]),
    'ONNX_WEIGHTS',
    /extra\.weight/,
  );
});

t.test(
  'torch takes our files strictly, and ONNX gives its pictures',
  { skip: noTorch ?? false },
  async (t) => {
    const networks = [
      { type: 'RRDBNet', scale: 1, num_feat: 6, num_block: 1, num_grow_ch: 4 },
      { type: 'RRDBNet', scale: 2, num_feat: 6, num_block: 2, num_grow_ch: 3 },
      { type: 'RRDBNet', scale: 4, num_in_ch: 1, num_out_ch: 1, num_feat: 5, num_block: 1, num_grow_ch: 4 },
      { type: 'SRVGGNetCompact', num_feat: 6, num_conv: 2, upscale: 4, act_type: 'prelu' },
      { type: 'SRVGGNetCompact', num_feat: 6, num_conv: 0, upscale: 1, act_type: 'relu' },
      { type: 'MSRResNet', num_feat: 6, num_block: 2, upscale: 4 },
      { type: 'MSRResNet', num_feat: 6, num_block: 1, upscale: 3 },
      { type: 'MSRResNet', num_feat: 6, num_block: 1, upscale: 2 },
    ];
    const program = (what: string): string => `${torchNetworks}\nimport json, sys\n${what}`;
    runPython(
      program(`
torch.manual_seed(0)
for i, options in enumerate(json.loads(sys.argv[1])):
    torch.save({'params': build(options).state_dict()}, f'{sys.argv[2]}/torch{i}.pth')`),
      [JSON.stringify(networks), folder],
    );
    const shape = [2, 3, 8, 12];
    const results: Tensor[] = [];
    for (const [i, options] of networks.entries()) {
      const { sets } = await readWeights(path.join(folder, `torch${i}.pth`));
      const architecture = recognise(sets.params!)!;
      t.match(architecture.options, options);
      t.equal(architecture.scale, 'scale' in options ? options.scale : options.upscale);
      const channels = options.num_in_ch ?? 3;
      const data = Float32Array.from({ length: 2 * channels * 96 }, (_, k) => ((k * 7919) % 1000) / 1000);
      results.push(await run(exportOnnx(architecture, sets.params!), [2, channels, ...shape.slice(2)], data));
      const both: WeightSets = { params: sets.params, params_ema: sets.params };
      await writeWeights(path.join(folder, `ours${i}.pth`), { sets: both, metadata: { iter: '1' } });
    }
    const printed = runPython(
      program(`
outputs = []
for i, options in enumerate(json.loads(sys.argv[1])):
    loaded = torch.load(f'{sys.argv[2]}/ours{i}.pth', weights_only=True)
    assert list(loaded) == ['params', 'params_ema']
    net = build(options)
    net.load_state_dict(loaded['params_ema'], strict=True)
    c = options.get('num_in_ch', 3)
    x = (torch.arange(2 * c * 96) * 7919 % 1000 / 1000).reshape(2, c, 8, 12)
    with torch.no_grad():
        outputs.append([list(net(x).shape), net(x).flatten().tolist()])
print(json.dumps(outputs))`),
      [JSON.stringify(networks), folder],
    );
    for (const [i, [dims, values]] of (JSON.parse(printed) as [number[], number[]][]).entries()) {
      t.same(results[i]!.dims, dims);
      const off = difference(results[i]!.data as Float32Array, values);
      t.ok(off < 1e-5, `${JSON.stringify(networks[i])} is off by ${off}`);
    }
  },
);
