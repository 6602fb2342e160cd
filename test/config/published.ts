/**
 * The published option files of Real-ESRGAN: their keys and values in their order and notation, without their
 * comments.
 */

export const publishedNames = [
  'train_realesrnet_x4plus',
  'train_realesrgan_x4plus',
  'train_realesrgan_x2plus',
  'train_realesrnet_x2plus',
  'finetune_realesrgan_x4plus',
  'finetune_realesrgan_x4plus_pairdata',
] as const;

export type PublishedName = (typeof publishedNames)[number];

const degradation = `resize_prob: [0.2, 0.7, 0.1]  # up, down, keep
resize_range: [0.15, 1.5]
gaussian_noise_prob: 0.5
noise_range: [1, 30]
poisson_scale_range: [0.05, 3]
gray_noise_prob: 0.4
jpeg_range: [30, 95]

second_blur_prob: 0.8
resize_prob2: [0.3, 0.4, 0.3]  # up, down, keep
resize_range2: [0.3, 1.2]
gaussian_noise_prob2: 0.5
noise_range2: [1, 25]
poisson_scale_range2: [0.05, 2.5]
gray_noise_prob2: 0.4
jpeg_range2: [30, 95]

gt_size: 256
queue_size: 180
`;

const families = `['iso', 'aniso', 'generalized_iso', 'generalized_aniso', 'plateau_iso', 'plateau_aniso']`;

const kernels = (n: string, sigma: string): string => `    blur_kernel_size${n}: 21
    kernel_list${n}: ${families}
    kernel_prob${n}: [0.45, 0.25, 0.12, 0.03, 0.12, 0.03]
    sinc_prob${n}: 0.1
    blur_sigma${n}: ${sigma}
    betag_range${n}: [0.5, 4]
    betap_range${n}: [1, 2]
`;

const loader = (gpu: number): string => `    use_hflip: True
    use_rot: False

    use_shuffle: true
    num_worker_per_gpu: 5
    batch_size_per_gpu: ${gpu}
    dataset_enlarge_ratio: 1
    prefetch_mode: ~
`;

const streamed = `datasets:
  train:
    name: DF2K+OST
    type: RealESRGANDataset
    dataroot_gt: datasets/DF2K
    meta_info: datasets/DF2K/meta_info/meta_info_DF2Kmultiscale+OST_sub.txt
    io_backend:
      type: disk

${kernels('', '[0.2, 3]')}
${kernels('2', '[0.2, 1.5]')}
    final_sinc_prob: 0.8

    gt_size: 256
${loader(12)}`;

const paired = `datasets:
  train:
    name: DIV2K
    type: RealESRGANPairedDataset
    dataroot_gt: datasets/DF2K
    dataroot_lq: datasets/DF2K
    meta_info: datasets/DF2K/meta_info/meta_info_DIV2K_sub_pair.txt
    io_backend:
      type: disk

    gt_size: 256
${loader(12)}`;

const generator = (scale: string): string => `network_g:
  type: RRDBNet
  num_in_ch: 3
  num_out_ch: 3
  num_feat: 64
  num_block: 23
  num_grow_ch: 32
${scale}`;

const discriminator = `network_d:
  type: UNetDiscriminatorSN
  num_in_ch: 3
  num_feat: 64
  skip_connection: True
`;

const optimizer = (name: string, lr: string): string => `  ${name}:
    type: Adam
    lr: !!float ${lr}
    weight_decay: 0
    betas: [0.9, 0.99]
`;

const schedule = (iter: number): string => `
  scheduler:
    type: MultiStepLR
    milestones: [${iter}]
    gamma: 0.5

  total_iter: ${iter}
  warmup_iter: -1  # no warm up

  pixel_opt:
    type: L1Loss
    loss_weight: 1.0
    reduction: mean
`;

const adversarial = `  perceptual_opt:
    type: PerceptualLoss
    layer_weights:
      'conv1_2': 0.1
      'conv2_2': 0.1
      'conv3_4': 1
      'conv4_4': 1
      'conv5_4': 1
    vgg_type: vgg19
    use_input_norm: true
    perceptual_weight: !!float 1.0
    style_weight: 0
    range_norm: false
    criterion: l1
  gan_opt:
    type: GANLoss
    gan_type: vanilla
    real_label_val: 1.0
    fake_label_val: 0.0
    loss_weight: !!float 1e-1

  net_d_iters: 1
  net_d_init_iters: 0
`;

const ending = `
# val:
#   val_freq: !!float 5e3

logger:
  print_freq: 100
  save_checkpoint_freq: !!float 5e3
  use_tb_logger: true
  wandb:
    project: ~
    resume_id: ~

dist_params:
  backend: nccl
  port: 29500
`;

const general = (name: string, model: string, scale: number, gpus: string): string => `name: ${name}
model_type: ${model}
scale: ${scale}
num_gpu: ${gpus}
manual_seed: 0

`;

const sharpened = `l1_gt_usm: True
percep_gt_usm: True
gan_gt_usm: False

`;

const start = (file: string, strict = 'true'): string => `
path:
  pretrain_network_g: experiments/pretrained_models/${file}
  param_key_g: params_ema
  strict_load_g: ${strict}
`;

const startD = `  pretrain_network_d: experiments/pretrained_models/RealESRGAN_x4plus_netD.pth
  param_key_d: params
  strict_load_d: true
`;

const ganTraining = `  resume_state: ~

train:
  ema_decay: 0.999
${optimizer('optim_g', '1e-4')}${optimizer('optim_d', '1e-4')}${schedule(400_000)}${adversarial}${ending}`;

const netTraining = `  resume_state: ~

train:
  ema_decay: 0.999
${optimizer('optim_g', '2e-4')}${schedule(1_000_000)}${ending}`;

const usm = 'gt_usm: True  # USM the ground-truth\n\n';
const x2 = '  scale: 2\n\n';

const texts: Readonly<Record<PublishedName, string>> = {
  train_realesrnet_x4plus:
    general('train_RealESRNetx4plus_1000k_B12G4_fromESRGAN', 'RealESRNetModel', 4, '4') +
    usm +
    degradation +
    streamed +
    generator('\n') +
    start('ESRGAN_SRx4_DF2KOST_official-ff704c30.pth') +
    netTraining,
  train_realesrnet_x2plus:
    general('train_RealESRNetx2plus_1000k_B12G4', 'RealESRNetModel', 2, 'auto') +
    usm +
    degradation +
    streamed +
    generator(x2) +
    start('RealESRGAN_x4plus.pth', 'False') +
    netTraining,
  train_realesrgan_x4plus:
    general('train_RealESRGANx4plus_400k_B12G4_fromRealESRNet', 'RealESRGANModel', 4, '4') +
    sharpened +
    degradation +
    streamed +
    generator('\n') +
    discriminator +
    start('RealESRNet_x4plus.pth') +
    ganTraining,
  train_realesrgan_x2plus:
    general('train_RealESRGANx2plus_400k_B12G4', 'RealESRGANModel', 2, 'auto') +
    sharpened +
    degradation +
    streamed +
    generator(x2) +
    discriminator +
    start('RealESRNet_x2plus.pth') +
    ganTraining,
  finetune_realesrgan_x4plus:
    general('finetune_RealESRGANx4plus_400k', 'RealESRGANModel', 4, 'auto') +
    sharpened +
    degradation +
    streamed +
    generator('\n') +
    discriminator +
    start('RealESRNet_x4plus.pth') +
    startD +
    ganTraining,
  finetune_realesrgan_x4plus_pairdata:
    general('finetune_RealESRGANx4plus_400k_pairdata', 'RealESRGANModel', 4, 'auto') +
    sharpened +
    'high_order_degradation: False\n\n' +
    paired +
    generator('\n') +
    discriminator +
    start('RealESRNet_x4plus.pth') +
    startD +
    ganTraining,
};

export const published = (name: PublishedName): string => texts[name];
