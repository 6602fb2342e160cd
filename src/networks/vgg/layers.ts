/** The VGG networks by the number of convolutions in each of their five blocks, as torchvision numbers them. */
const blocks = { vgg16: [2, 2, 3, 3, 3], vgg19: [2, 2, 4, 4, 4] } as const;

export type VggType = keyof typeof blocks;

/** Channels of the five blocks at full width. */
const widths = [64, 128, 256, 512, 512];

export interface VggLayer {
  /** `conv3_4`, `relu3_4`, `pool3`: block, and place within the block. */
  readonly name: string;
  readonly kind: 'conv' | 'relu' | 'pool';
  /** Position in torchvision's `features`, which is part of the names of its weights. */
  readonly index: number;
  /** Output channels of a convolution at full width. */
  readonly width: number;
}

/** Every layer of `features`, in order: each convolution is followed by its ReLU, each block by a pooling. */
export function vggLayers(type: VggType): readonly VggLayer[] {
  return blocks[type]
    .flatMap((count, block) => [
      ...Array.from({ length: count }, (_, i) => [
        { name: `conv${block + 1}_${i + 1}`, kind: 'conv' as const, width: widths[block]! },
        { name: `relu${block + 1}_${i + 1}`, kind: 'relu' as const, width: widths[block]! },
      ]).flat(),
      { name: `pool${block + 1}`, kind: 'pool' as const, width: widths[block]! },
    ])
    .map((layer, index) => ({ ...layer, index }));
}
