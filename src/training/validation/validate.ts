import type { ValidationResult } from '../../events.js';
import type { Pixels } from '../../images/pixels.js';
import { psnr, ssim } from '../../metrics/index.js';
import type { Network } from '../../networks/index.js';
import type { MetricOptions } from '../options/validation.js';
import { enlarge } from './enlarge.js';
import type { Photograph } from './photographs.js';
import { mostDifferent, type Panel, sideBySide, ZOOM } from './picture.js';
import { nearest } from './pixels.js';

export interface Validated {
  readonly result: ValidationResult;
  readonly sr: Pixels;
}

const measures = { calculate_psnr: psnr, calculate_ssim: ssim };

/**
 * Enlarges a photograph's lq with the network; PSNR on RGB, `scale` pixels left out at each border, and
 * whatever else is asked for.
 */
export async function validate(
  network: Network,
  { name, gt, lq, bicubic }: Photograph,
  asked: Readonly<Record<string, MetricOptions>> = {},
): Promise<Validated> {
  const sr = await enlarge(network, lq);
  const border = { crop_border: network.scale };
  const metrics = Object.fromEntries(
    Object.entries(asked).map(([key, options]) => [key, measures[options.type](sr, gt, options)]),
  );
  return {
    result: {
      name,
      psnr: psnr(sr, gt, border),
      psnrBicubic: psnr(bicubic, gt, border),
      ...(Object.keys(metrics).length > 0 && { metrics }),
    },
    sr,
  };
}

/** PNG: LQ, bicubic, network and GT side by side, at the detail in which bicubic fails most. */
export function comparison({ gt, lq, bicubic }: Photograph, { result, sr }: Validated): Promise<Buffer> {
  const panels: Panel[] = [
    { image: nearest(lq, gt.width / lq.width), caption: 'LQ' },
    { image: bicubic, caption: `bicubic ${result.psnrBicubic.toFixed(2)} dB` },
    { image: sr, caption: `network ${result.psnr.toFixed(2)} dB` },
    { image: gt, caption: 'GT' },
  ];
  const side = Math.min(gt.width, gt.height, 112);
  return sideBySide(panels, mostDifferent(bicubic, gt, side, side), ZOOM);
}
