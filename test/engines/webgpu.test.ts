import { onWebGpu } from './on-webgpu.js';

onWebGpu(
  {
    kernels: 'engines/kernels.test.js',
    networks: 'networks/golden.test.js',
    'two networks against each other': 'training/gan.test.js',
  },
  { ESRGAN_TEST_STEPS: '2' },
);
