import type { FileOutcome, StageStats } from '../../src/events.js';
import type { ReportInput } from '../../src/report/index.js';

/** A PNG of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);

const folder = '/home/ada/esrgan-stream/datasets/sample/';
const used = (name: string, crops: number, ...notes: string[]): FileOutcome => ({
  path: folder + name,
  outcome: 'used',
  notes,
  crops,
});

const files: readonly FileOutcome[] = [
  used('astronaut.png', 9),
  used('chelsea.png', 6),
  used('hubble.jpg', 20, 'ICC profile converted to sRGB'),
  used('raccoon.png', 24, 'alpha dropped over white', '16-bit reduced to 8'),
  used('retina.jpg', 25),
  used('rocket.jpg', 6, 'turned by its EXIF orientation (6)'),
  {
    path: `${folder}icon.png`,
    outcome: 'skipped',
    reason: '96x96 is smaller than the crop of 400x400',
    notes: [],
    crops: 0,
  },
  {
    path: `${folder}broken.jpg`,
    outcome: 'failed',
    reason: 'VipsJpeg: premature end of JPEG image at line 212',
    notes: [],
    crops: 0,
  },
];

const stage = (
  name: string,
  counts: readonly [number, number],
  busyMs: number,
  concurrency: number,
  memory: Pick<StageStats, 'bytes' | 'budget'> = {},
): StageStats => ({ stage: name, in: counts[0], out: counts[1], waiting: 0, busyMs, concurrency, ...memory });

const stages: readonly StageStats[] = [
  stage('discover', [8, 6], 18, 4),
  stage('multiscale', [300, 1200], 9_400, 2, { bytes: 0, budget: 256 * 2 ** 20 }),
  stage('crop', [1200, 4500], 120, 1),
  stage('metadata', [4500, 4500], 310, 1),
  stage('shuffle', [4500, 2416], 90, 1, { bytes: 41 * 2 ** 20, budget: 512 * 2 ** 20 }),
  stage('degrade', [2416, 2408], 31_000, 2, { bytes: 2 * 2 ** 20, budget: 24 * 2 ** 20 }),
  stage('batch', [2408, 301], 1_900, 1),
  stage('train', [301, 300], 98_700, 1),
];

/** Noise without randomness, in -1..1. */
const noise = (i: number): number => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

export const losses = Array.from({ length: 300 }, (_, i) => ({
  iter: i + 1,
  losses: { l_pix: (0.022 + 0.21 * Math.exp(-i / 28)) * (1 + 0.22 * noise(i)) },
}));

export const text = `# yaml-language-server: $schema=../schemas/pipeline.json
name: quickstart
seed: 0
scale: 4
source:
  images: [datasets/sample/*.{png,jpg}]
stages:
  - multiscale: { scales: [0.75, 0.5, 0.3333333333333333], shortest_edge: 400 }
  - crop: { size: 400, step: 200, threshold: 0, too_small: report }
  - metadata: { provenance: out/quickstart/provenance.jsonl }
  - shuffle: { memory: 512MiB }
  - degrade: { preset: bicubic }
  - batch: { size: 8, gt_size: 128 }
sink:
  train: { options: options/quickstart.yml }
`;

/** A run of the sample photographs, with one skipped and one failed file. */
export const sample: ReportInput = {
  name: 'quickstart',
  summary: {
    name: 'quickstart',
    stopped: false,
    elapsedMs: 108_300,
    files,
    crops: 2416,
    batches: 301,
    stages,
    peakRss: 702 * 2 ** 20,
    losses,
    validation: [
      { iter: 150, results: [{ name: 'coffee.png', psnr: 26.412, psnrBicubic: 27.104 }] },
      { iter: 300, results: [{ name: 'coffee.png', psnr: 27.312, psnrBicubic: 27.104 }] },
    ],
  },
  plan: {
    name: 'quickstart',
    files: 8,
    images: 7,
    skipped: 1,
    scales: [
      { tag: 'HR', images: 7, crops: 58 },
      { tag: 'T0', images: 7, crops: 21 },
      { tag: 'T1', images: 5, crops: 6 },
      { tag: 'T2', images: 2, crops: 2 },
      { tag: 'T3', images: 6, crops: 8 },
    ],
    crops: 95,
    batchSize: 8,
    batchesPerEpoch: 11,
    memoryBudget: 792 * 2 ** 20,
    preCropBytes: 48_300_000,
    shuffle: { sameSource: 0.171, perfect: 0.166 },
  },
  engine: { name: 'wasm', reason: 'the binary of tfjs-node is not installed; WASM SIMD on 2 threads' },
  scenes: [
    {
      ...{ name: 'coffee.png', lq: pixel, bicubic: pixel, gt: pixel, psnrBicubic: 27.104 },
      network: [
        { iter: 150, png: pixel, psnr: 26.412 },
        { iter: 300, png: pixel, psnr: 27.312 },
      ],
    },
  ],
  steps: Array.from({ length: 300 }, (_, i) => ({
    ...{ iter: i + 1, lrs: [0.002 * (1 - i / 300)], time: 0.3 + 0.05 * noise(i), timeData: 0.003 },
  })),
  moments: Array.from({ length: 40 }, (_, i) => ({
    ...{ elapsedMs: i * 2_500, rss: (300 + 10 * i) * 2 ** 20, out: { crop: 60 * i, train: 7 * i } },
    waiting: { crop: 0, multiscale: i % 2, degrade: 40 },
  })),
  options: {
    files: [{ name: 'quickstart.yml', text }],
    effective: [
      { path: 'seed', after: '0' },
      { path: 'stages.batch.size', after: '8' },
    ],
    changed: [{ path: 'stages.batch.size', before: '4', after: '8' }],
    published: {
      name: 'pipelines/quickstart.yml',
      changes: [
        { path: 'stages.batch.size', before: '4', after: '8' },
        { path: 'train.train.total_iter', before: '2000' },
      ],
    },
  },
  seed: 0,
  hash: 'a3f5'.repeat(16),
  environment: {
    node: 'v20.19.2',
    platform: 'linux x64',
    cpu: 'AMD EPYC 7B13',
    cores: 2,
    memory: 8 * 2 ** 30,
    version: '0.1.0',
    packages: { 'onnxruntime-node': '1.30.0', sharp: '0.35.5' },
    folder: '/home/ada/esrgan-stream',
  },
  command: 'npx esrgan run pipelines/quickstart.yml --seed 0',
  started: new Date('2026-11-24T09:41:17Z'),
};

/** A run that only cut the photographs: nothing was trained. */
export const writing: ReportInput = {
  ...sample,
  name: 'subimages',
  options: { files: [{ name: 'subimages.yml', text: 'name: subimages\n' }], effective: [] },
  steps: [],
  moments: [],
  summary: {
    name: 'subimages',
    stopped: false,
    elapsedMs: 2040,
    files,
    crops: 95,
    batches: 0,
    peakRss: 240 * 2 ** 20,
    stages: [
      stage('multiscale', [7, 27], 2_900, 2),
      stage('crop', [27, 95], 2, 1),
      stage('write', [95, 95], 3_800, 2),
    ],
  },
  engine: undefined,
  scenes: [],
};
