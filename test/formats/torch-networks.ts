/** The generators as torch modules, in few words; `build(options)` makes one. */
export const torchNetworks = `
import torch
from torch import nn
from torch.nn import functional as F

conv = lambda i, o: nn.Conv2d(i, o, 3, 1, 1)
lrelu = lambda x, slope=0.2: F.leaky_relu(x, slope)

class Dense(nn.Module):
    def __init__(self, nf, gc):
        super().__init__()
        for i in range(5):
            setattr(self, f'conv{i + 1}', conv(nf + i * gc, nf if i == 4 else gc))
    def forward(self, x):
        seen = [x]
        for i in range(1, 5):
            seen.append(lrelu(getattr(self, f'conv{i}')(torch.cat(seen, 1))))
        return self.conv5(torch.cat(seen, 1)) * 0.2 + x

class RRDB(nn.Module):
    def __init__(self, nf, gc):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = Dense(nf, gc), Dense(nf, gc), Dense(nf, gc)
    def forward(self, x):
        return self.rdb3(self.rdb2(self.rdb1(x))) * 0.2 + x

class RRDBNet(nn.Module):
    def __init__(self, num_in_ch=3, num_out_ch=3, scale=4, num_feat=64, num_block=23, num_grow_ch=32):
        super().__init__()
        self.fold = 4 // scale
        self.conv_first = conv(num_in_ch * self.fold ** 2, num_feat)
        self.body = nn.Sequential(*[RRDB(num_feat, num_grow_ch) for _ in range(num_block)])
        for name in ['conv_body', 'conv_up1', 'conv_up2', 'conv_hr']:
            setattr(self, name, conv(num_feat, num_feat))
        self.conv_last = conv(num_feat, num_out_ch)
    def forward(self, x):
        x = self.conv_first(F.pixel_unshuffle(x, self.fold) if self.fold > 1 else x)
        x = x + self.conv_body(self.body(x))
        for up in [self.conv_up1, self.conv_up2]:
            x = lrelu(up(F.interpolate(x, scale_factor=2, mode='nearest')))
        return self.conv_last(lrelu(self.conv_hr(x)))

class SRVGGNetCompact(nn.Module):
    def __init__(self, num_in_ch=3, num_out_ch=3, num_feat=64, num_conv=16, upscale=4, act_type='prelu'):
        super().__init__()
        self.upscale = upscale
        act = {'prelu': lambda: nn.PReLU(num_feat), 'relu': nn.ReLU, 'leakyrelu': lambda: nn.LeakyReLU(0.1)}[act_type]
        layers = [conv(num_in_ch, num_feat), act()]
        for _ in range(num_conv):
            layers += [conv(num_feat, num_feat), act()]
        self.body = nn.ModuleList(layers + [conv(num_feat, num_out_ch * upscale ** 2)])
    def forward(self, x):
        y = x
        for layer in self.body:
            y = layer(y)
        return F.pixel_shuffle(y, self.upscale) + F.interpolate(x, scale_factor=self.upscale, mode='nearest')

class Residual(nn.Module):
    def __init__(self, nf):
        super().__init__()
        self.conv1, self.conv2 = conv(nf, nf), conv(nf, nf)
    def forward(self, x):
        return x + self.conv2(F.relu(self.conv1(x)))

class MSRResNet(nn.Module):
    def __init__(self, num_in_ch=3, num_out_ch=3, num_feat=64, num_block=16, upscale=4):
        super().__init__()
        self.upscale = upscale
        self.steps = [2, 2] if upscale == 4 else [upscale]
        self.conv_first = conv(num_in_ch, num_feat)
        self.body = nn.Sequential(*[Residual(num_feat) for _ in range(num_block)])
        for i, step in enumerate(self.steps):
            setattr(self, f'upconv{i + 1}', conv(num_feat, num_feat * step * step))
        self.conv_hr, self.conv_last = conv(num_feat, num_feat), conv(num_feat, num_out_ch)
    def forward(self, x):
        y = self.body(lrelu(self.conv_first(x), 0.1))
        for i, step in enumerate(self.steps):
            y = lrelu(F.pixel_shuffle(getattr(self, f'upconv{i + 1}')(y), step), 0.1)
        y = self.conv_last(lrelu(self.conv_hr(y), 0.1))
        return y + F.interpolate(x, scale_factor=self.upscale, mode='bilinear', align_corners=False)

def build(options):
    options = dict(options)
    return globals()[options.pop('type')](**options)
`;
