"""The peer of bench/engines: the same networks and training steps in PyTorch, for comparison (needs torch).
Usage: pytorch_step.py CASE, with CASE as JSON: network_g, batch, edge, channels_last, inference. Does one step for
each line on stdin and answers with its milliseconds; at the end of stdin with the peak memory in bytes."""
import json
import re
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def lrelu(x):
    return F.leaky_relu(x, 0.2, inplace=True)


class Dense(nn.Module):
    """Five convolutions, each on all that came before it."""

    def __init__(self, features, growth):
        super().__init__()
        widths = [growth] * 4 + [features]
        self.convs = nn.ModuleList(conv(features + i * growth, width) for i, width in enumerate(widths))

    def forward(self, x):
        seen = [x]
        for layer in self.convs[:4]:
            seen.append(lrelu(layer(torch.cat(seen, 1))))
        return x + 0.2 * self.convs[4](torch.cat(seen, 1))


class RRDB(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        self.blocks = nn.Sequential(*(Dense(features, growth) for _ in range(3)))

    def forward(self, x):
        return x + 0.2 * self.blocks(x)


class RRDBNet(nn.Module):
    def __init__(self, num_feat=64, num_block=23, num_grow_ch=32):
        super().__init__()
        self.first = conv(3, num_feat)
        self.body = nn.Sequential(*(RRDB(num_feat, num_grow_ch) for _ in range(num_block)), conv(num_feat, num_feat))
        self.up1, self.up2, self.hr = (conv(num_feat, num_feat) for _ in range(3))
        self.last = conv(num_feat, 3)

    def forward(self, x):
        x = self.first(x)
        x = x + self.body(x)
        for up in (self.up1, self.up2):
            x = lrelu(up(F.interpolate(x, scale_factor=2, mode="nearest")))
        return self.last(lrelu(self.hr(x)))


class SRVGGNetCompact(nn.Module):
    def __init__(self, num_feat=64, num_conv=16, upscale=4):
        super().__init__()
        layers = [conv(3, num_feat), nn.PReLU(num_feat)]
        for _ in range(num_conv):
            layers += [conv(num_feat, num_feat), nn.PReLU(num_feat)]
        self.body = nn.Sequential(*layers, conv(num_feat, 3 * upscale**2), nn.PixelShuffle(upscale))
        self.upscale = upscale

    def forward(self, x):
        return self.body(x) + F.interpolate(x, scale_factor=self.upscale, mode="nearest")


NETWORKS = {"RRDBNet": RRDBNet, "SRVGGNetCompact": SRVGGNetCompact}


def make_step(case):
    torch.manual_seed(0)
    options = dict(case["network_g"])
    layout = torch.channels_last if case["channels_last"] else torch.contiguous_format
    kind = NETWORKS[options.pop("type")]
    network = kind(**options).to(memory_format=layout)
    shape = (case["batch"], 3, case["edge"], case["edge"])
    lq = torch.rand(shape).contiguous(memory_format=layout)
    if case["inference"]:
        network.eval()

        def infer():
            with torch.no_grad():
                network(lq)

        return infer
    gt = torch.rand(shape[0], 3, shape[2] * 4, shape[3] * 4).contiguous(memory_format=layout)
    average = kind(**options).to(memory_format=layout)
    adam = torch.optim.Adam(network.parameters(), lr=1e-4, betas=(0.9, 0.99))
    weights, averages = dict(network.named_parameters()), dict(average.named_parameters())

    def train():
        adam.zero_grad()
        loss = F.l1_loss(network(lq), gt)
        loss.backward()
        adam.step()
        with torch.no_grad():
            for name, value in averages.items():
                value.mul_(0.999).add_(weights[name], alpha=0.001)
        return loss.item()

    return train


def peak_rss():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


step = make_step(json.loads(sys.argv[1]))
for _ in sys.stdin:
    begin = time.perf_counter()
    step()
    print(json.dumps({"ms": (time.perf_counter() - begin) * 1000}), flush=True)
print(json.dumps({"peak_rss": peak_rss(), "version": torch.__version__}), flush=True)
