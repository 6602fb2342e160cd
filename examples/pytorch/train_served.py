"""Trains a small x4 network on pairs that `esrgan serve` makes, with torchrun: every rank reads its own part.

    esrgan serve pipelines/quickstart.yml
    torchrun --nproc_per_node 2 examples/pytorch/train_served.py --url http://127.0.0.1:8080 --steps 200

Needs PyTorch and nothing else: a sample is three members of a tar stream, and a NumPy file is its bytes behind a
header of 128. A connection that breaks is opened again where it stopped (`from=`), so the service may be restarted,
or stand on another machine, while the training runs.
"""

import argparse
import json
import os
import sys
import tarfile
import time
import urllib.error
import urllib.request
from http.client import HTTPException

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


def open_part(url, token, epoch, start, rank, world, epochs):
    query = f"rank={rank}&world={world}&from={start}&epochs={epochs}"
    request = urllib.request.Request(f"{url}/epoch/{epoch}?{query}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    return urllib.request.urlopen(request, timeout=600)


def members(stream):
    """(key, {suffix: bytes}) of every sample that has arrived whole."""
    key, files = None, {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            key, _, suffix = member.name.partition(".")
            files[suffix] = archive.extractfile(member).read()
            archive.members = []  # tarfile would keep every member of an endless stream
            if suffix == "json":
                yield key, files
                files = {}


def samples(url, token, rank, world, epoch=0, start=0, epochs="endless", patience=60):
    """Pairs (gt, lq, record) of a rank's part in the planned order, across broken connections."""
    end = None if epochs == "endless" else epoch + int(epochs)
    broken = None
    while end is None or epoch < end:
        try:
            left = "endless" if end is None else end - epoch
            with open_part(url, token, epoch, start, rank, world, left) as stream:
                for _, files in members(stream):
                    record = json.loads(files["json"])
                    epoch, start = record["plan"]["epoch"], record["plan"]["position"] + 1
                    broken = None
                    yield picture(files["gt.npy"]), picture(files["lq.npy"]), record
                return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise SystemExit(f"{error.code}: {error.read().decode()}") from None
            problem = error
        except (OSError, HTTPException, tarfile.TarError) as error:
            problem = error
        broken = broken or time.monotonic()
        if time.monotonic() - broken > patience:
            raise problem
        time.sleep(0.5)


def picture(npy):
    """uint8 (height, width, 3) of a NumPy file of format 1.0, as (3, height, width) in 0..1."""
    header = npy[10 : 10 + int.from_bytes(npy[8:10], "little")].decode("latin1")
    shape = [int(n) for n in header.split("(")[1].split(")")[0].split(",")]
    data = torch.frombuffer(bytearray(npy[10 + len(header) :]), dtype=torch.uint8)
    return data.view(shape).permute(2, 0, 1).float() / 255


def network(scale, features=24):
    return nn.Sequential(
        nn.Conv2d(3, features, 3, padding=1),
        nn.PReLU(features),
        nn.Conv2d(features, features, 3, padding=1),
        nn.PReLU(features),
        nn.Conv2d(features, 3 * scale**2, 3, padding=1),
        nn.PixelShuffle(scale),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token", default=os.environ.get("ESRGAN_TOKEN"))
    parser.add_argument("--epoch", type=int, default=0)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=4, help="pairs of one rank's step")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--log-samples", help="folder for a file of each rank with the samples it was given")
    args = parser.parse_args()

    cuda = torch.cuda.is_available()
    dist.init_process_group("nccl" if cuda else "gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")
    torch.manual_seed(0)
    model = DistributedDataParallel(network(args.scale).to(device))
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    log = open(os.path.join(args.log_samples, f"rank{rank}.jsonl"), "w") if args.log_samples else None

    pairs = samples(args.url, args.token, rank, world, args.epoch)
    for step in range(args.steps):
        batch = [next(pairs) for _ in range(args.batch)]
        gt = torch.stack([gt for gt, _, _ in batch]).to(device)
        lq = torch.stack([lq for _, lq, _ in batch]).to(device)
        loss = (model(lq) - gt).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if log:
            log.writelines(json.dumps({**record["plan"], "id": record["id"]}) + "\n" for _, _, record in batch)
            log.flush()
        if rank == 0 and (step % 10 == 0 or step == args.steps - 1):
            print(f"step {step}: l_pix {loss.item():.4f}", flush=True)
    pairs.close()
    dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())
