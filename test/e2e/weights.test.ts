import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { torchNetworks } from '../formats/torch-networks.js';
import { runPython, withoutModule } from '../python.js';
import { fixture } from '../root.js';
import { bare, esrgan, names, shipped, workplace } from './esrgan.js';

t.setTimeout(300_000);

const sample = (name: string): string => shipped('datasets', 'sample', name);

t.test('weights through all formats, and pictures through their network', async (t) => {
  const cwd = await workplace(t);
  copyFileSync(fixture('pth', 'net_g_10.pth'), path.join(cwd, 'net_g_10.pth'));
  mkdirSync(path.join(cwd, 'lq'));
  for (const name of ['chelsea.png', 'rocket.jpg']) {
    const small = sharp(sample(name)).resize(150, 101, { fit: 'fill' });
    await small.toFile(path.join(cwd, 'lq', name));
  }

  const inspected = await esrgan(['inspect', 'net_g_10.pth', '--keys'], cwd);
  t.match(inspected, { code: 0, err: '' });
  for (const line of [
    /architecture +SRVGGNetCompact x2/,
    /options +num_in_ch 3, num_out_ch 3, num_feat 4, num_conv 1, upscale 2, act_type prelu/,
    /params_ema +712 parameters in 8 tensors/,
    /iterations +10/,
    /body\.4\.weight \[12, 4, 3, 3\]/,
  ])
    t.match(inspected.out, line);

  for (const [from, to] of [
    ['net_g_10.pth', 'a/net.safetensors'],
    ['a/net.safetensors', 'b/net.pth'],
    ['b/net.pth', 'net.onnx'],
  ] as const)
    t.match(await esrgan(['convert', from, to], cwd), {
      code: 0,
      err: '',
      out: `${to}: SRVGGNetCompact x2, params`,
    });
  const [before, after] = await Promise.all(
    ['net_g_10.pth', 'b/net.pth'].map(async (file) => {
      const { out } = await esrgan(['inspect', file, '--json'], cwd);
      return JSON.parse(out) as { sets: unknown; architecture: unknown; iter: number };
    }),
  );
  t.same(after!.sets, before!.sets);
  t.same(after!.architecture, before!.architecture);
  t.same([before!.iter, after!.iter], [10, 10]);

  const model = await esrgan(['inspect', 'net.onnx', '--keys'], cwd);
  t.match(model, { code: 0, err: '', out: /graph +SRVGGNetCompact x2\n/ });
  t.match(model.out, /parameters +716 in 9 tensors\n +operations +3 Conv, 2 PRelu/);
  t.match(model.out, /iterations +10\n/);
  t.match(model.out, / {2}body\.0\.weight \[4, 3, 3, 3\]\n/);

  for (const [model, out] of [
    ['b/net.pth', 'sr'],
    ['net.onnx', 'sr-onnx'],
  ] as const) {
    const tiles = ['--tile', '64', '--tile-pad', '8'];
    const done = await esrgan(['upscale', 'lq', '--model', model, '--out', out, ...tiles], cwd);
    t.match(done, { code: 0, err: '', out: /2 pictures written\n$/ });
    t.match(done.out, `${path.join(out, 'chelsea_out.png')}: 300x202 in`);
    t.same(names(path.join(cwd, out)), ['chelsea_out.png', 'rocket_out.jpg']);
  }
  const again = await esrgan(['upscale', 'lq', '--model', 'net.onnx', '--out', 'sr-onnx', '--json'], cwd);
  t.same(
    again.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { outcome: string }).outcome),
    ['kept', 'kept'],
  );

  const measured = await esrgan(['evaluate', '--gt', 'sr', '--sr', 'sr-onnx', '--json'], cwd);
  t.match(measured, { code: 0, err: '' });
  const { pairs } = JSON.parse(measured.out) as {
    pairs: { name: string; psnr: number | string; ssim: number }[];
  };
  t.same(
    pairs.map(({ name }) => name),
    ['chelsea_out', 'rocket_out'],
  );
  for (const { name, psnr, ssim } of pairs) t.ok(Number(psnr) > 45 && ssim > 0.999, `${name}: ${psnr} dB`);
  const table = await esrgan(['evaluate', '--gt', 'sr', '--sr', 'sr', '--crop-border', '4', '--y'], cwd);
  t.match(table.out, /chelsea_out +Infinity +1\.000000\n/);
  t.match(table.out, /mean of 2 pairs/);
});

t.test(
  'PyTorch makes the same picture of our weights',
  { skip: withoutModule('torch') ?? false },
  async (t) => {
    const cwd = await workplace(t);
    const at = (name: string): string => path.join(cwd, name);
    const [width, height] = [60, 41];
    const lq = sharp(sample('astronaut.png')).resize(width, height, { fit: 'fill' }).removeAlpha();
    await lq.png().toFile(at('lq.png'));
    writeFileSync(at('lq.raw'), await sharp(at('lq.png')).raw().toBuffer());
    await esrgan(['convert', fixture('networks', 'rrdbnet_x4', 'params.safetensors'), 'net_g.pth'], cwd);
    const done = await esrgan(
      ['upscale', 'lq.png', '--model', 'net_g.pth', '--out', '.', '--tile', '0'],
      cwd,
    );
    t.match(done, { code: 0, err: '' });
    const program = `${torchNetworks}
import sys
options = dict(type='RRDBNet', num_feat=16, num_block=2, num_grow_ch=8)
net = build(options)
net.load_state_dict(torch.load(sys.argv[1] + '/net_g.pth', weights_only=True)['params'], strict=True)
lq = torch.frombuffer(bytearray(open(sys.argv[1] + '/lq.raw', 'rb').read()), dtype=torch.uint8).reshape(1, 41, 60, 3)
with torch.no_grad():
    sr = net(lq.permute(0, 3, 1, 2) / 255)
sr = (sr.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
open(sys.argv[1] + '/sr.raw', 'wb').write(bytes(sr.flatten().tolist()))`;
    runPython(program, [cwd]);
    const ours = await sharp(at('lq_out.png')).raw().toBuffer();
    const theirs = readFileSync(at('sr.raw'));
    t.equal(ours.length, 16 * width * height * 3);
    t.equal(theirs.length, ours.length);
    t.ok(
      ours.every((value, i) => Math.abs(value - theirs[i]!) <= 1),
      'within 1/255',
    );
    t.ok(new Set(ours).size > 20, 'and it is a picture');
  },
);

t.test('what goes wrong is named, and the rest goes on', async (t) => {
  const cwd = await workplace(t);
  cpSync(fixture('pth', 'net_g_10.pth'), path.join(cwd, 'net.pth'));
  const png = readFileSync(sample('coffee.png'));
  mkdirSync(path.join(cwd, 'lq'));
  writeFileSync(path.join(cwd, 'lq', 'broken.png'), png.subarray(0, 5000));
  await sharp(sample('coffee.png'))
    .resize(40, 30)
    .toFile(path.join(cwd, 'lq', 'good.png'));
  writeFileSync(path.join(cwd, 'lq', 'notes.txt'), 'words');
  const done = await esrgan(['upscale', 'lq', '--model', 'net.pth', '--out', 'sr', '--scale', '4'], cwd);
  t.match(done, { code: 2, out: /good_out\.png: 160x120[\s\S]*1 picture written, 1 skipped, 1 failed/ });
  t.match(done.err, /failed +lq\/broken\.png: truncated/);
  t.match(done.err, /skipped +lq\/notes\.txt: not an image/);
  t.same(names(path.join(cwd, 'sr')), ['good_out.png']);

  const left = await esrgan(['evaluate', '--gt', 'lq', '--sr', 'sr'], cwd);
  t.match(left, { code: 2, err: /sr\/good_out\.png: sizes differ: 40x30 and 160x120/ });

  const fails = async (args: string[], message: RegExp): Promise<void> => {
    const { code, err, out } = await esrgan(args, cwd);
    t.match({ code, err, out }, { code: 2, err: message, out: '' }, args.join(' '));
    t.match(err, /fix: /);
  };
  await fails(['inspect', 'none.pth'], /none\.pth cannot be read: there is no such file/);
  await fails(['inspect', 'none.onnx'], /none\.onnx cannot be read/);
  writeFileSync(path.join(cwd, 'web.onnx'), '<html>not found</html>');
  await fails(['inspect', 'web.onnx'], /web\.onnx is not a sound ONNX file/);
  await fails(['inspect', fixture('pth', 'malicious.pth')], /__builtin__\.print \(GLOBAL at byte 929\)/);
  await fails(
    ['convert', fixture('pth', 'net_d_10.pth'), 'd.onnx'],
    /UNetDiscriminatorSN cannot be exported/,
  );
  await fails(['convert', 'net.pth', 'net.bin'], /cannot be written as \.bin/);
  await fails(
    ['convert', fixture('pth', 'plain.pth'), 'x.pth', '--key', 'params_ema'],
    /holds no params_ema/,
  );
  await fails(
    ['upscale', 'lq', '--model', fixture('pth', 'net_d_10.pth'), '--out', 'x'],
    /cannot enlarge pictures/,
  );
  const upscale = ['--model', 'net.pth', '--out', 'x'];
  t.match(await esrgan(['upscale', 'lq', ...upscale, '--suffix', 'a/b'], cwd), {
    code: 2,
    err: /not a path/,
  });
  t.match(await esrgan(['upscale', 'net.pth', ...upscale], cwd), {
    code: 2,
    err: /net\.pth: .*not an image/,
  });
  await fails(['upscale', 'none', '--model', 'net.pth', '--out', 'x'], /no file or folder none/);
  await fails(['evaluate', '--gt', 'none', '--sr', 'sr'], /no folder none/);
  t.match(await esrgan(['inspect', fixture('pth', '10.state')], cwd), {
    code: 0,
    out: /training state of BasicSR[\s\S]*iterations +10[\s\S]*optimizer 1 +moments of 68,649 parameters in 12 tensors, 10 steps, lr 0\.00005/,
  });
});

t.test('a stop in the middle of a picture leaves nothing behind', async (t) => {
  const cwd = await workplace(t);
  mkdirSync(path.join(cwd, 'sr'));
  const small = sharp(sample('coffee.png')).resize(40, 30);
  await small.toFile(path.join(cwd, '0.png'));
  const model = fixture('networks', 'rrdbnet_x4', 'params.safetensors');
  const inputs = ['0.png', sample('raccoon.png')];
  const run = bare(t, ['upscale', ...inputs, '--model', model, '--out', 'sr', '--tile', '32'], cwd);
  await run.seen(/0_out\.png: 160x120/);
  run.kill('SIGINT');
  const { code, out, err } = await run.ended;
  t.equal(code, 130, `${out}${err}`);
  t.match(err, /SIGINT: stopping/);
  t.match(out, /1 picture written/);
  t.same(names(path.join(cwd, 'sr')), ['0_out.png']);
});
