"""Trains a small x4 network on pairs that `esrgan serve` makes, with torchrun: every rank reads its own part.

    esrgan serve pipelines/quickstart.yml
    torchrun --nproc_per_node 2 examples/pytorch/train_served.py --url http://127.0.0.1:8080 --steps 200

Needs PyTorch and nothing else. What you would take into a training of your own is `ServedPairs`, a dataset for
torch's DataLoader; below it stands an ordinary training loop.

A connection that breaks is opened again where it stopped, so the service may be restarted, or stand on another machine,
while the training runs.
"""

import argparse
import json
import os
import sys
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

PATIENCE = 60  # seconds without a pair until a service that does not answer is an error


class ServedPairs(IterableDataset):
    """The part of one rank, in the planned order and without an end.

    Each pair is a dict: `lq` and `gt`, float32 (3, height, width) in 0..1; `epoch` and `position`, where it stands in
    the plan; `id`, its photograph and window. To go on with an earlier training, begin behind its last position.

    With worker processes, the loader asks them in turn for whole batches. `batch` tells the service so, and whose turn it
    is follows from the steps that were done before: the batches come in the planned order.
    """

    def __init__(self, url, rank, world, batch, token=None, epoch=0, position=0):
        self.url, self.token = url, token
        self.part = {"rank": rank, "world": world, "batch": batch}
        self.start = epoch, position
        with self.open("/plan") as plan:
            self.steps_before = (epoch * json.load(plan)["samples"] + position) // (world * batch)

    def __iter__(self):
        info = get_worker_info()
        part = dict(self.part)
        if info:
            part["worker"] = (info.id + self.steps_before) % info.num_workers
            part["workers"] = info.num_workers
        epoch, position = self.start
        failing_since = None
        while True:
            try:
                query = urllib.parse.urlencode({**part, "from": position, "epochs": "endless"})
                with self.open(f"/epoch/{epoch}?{query}") as stream:
                    for files in samples(stream):
                        record = json.loads(files["json"])
                        epoch, position = record["plan"]["epoch"], record["plan"]["position"]
                        yield {
                            "lq": picture(files["lq.npy"]),
                            "gt": picture(files["gt.npy"]),
                            "epoch": epoch,
                            "position": position,
                            "id": record["id"],
                        }
                        position += 1  # the next connection begins there
                        failing_since = None
                problem = ConnectionError("the service has ended the stream")
            except urllib.error.HTTPError as error:
                if error.code != 503:  # too many readers, for now
                    raise SystemExit(f"{self.url}: {error.code} {error.read().decode()}") from None
                problem = error
            except (OSError, HTTPException, tarfile.TarError) as error:
                problem = error
            failing_since = failing_since or time.monotonic()
            if time.monotonic() - failing_since > PATIENCE:
                raise problem
            time.sleep(0.5)

    def open(self, path):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=600)


def samples(stream):
    """{suffix: bytes} of every sample of a tar stream that has arrived whole; the json is its last member."""
    files = {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            suffix = member.name.partition(".")[2]
            files[suffix] = archive.extractfile(member).read()
            archive.members = []  # tarfile would keep every member of an endless stream
            if suffix == "json":
                yield files
                files = {}


def picture(npy):
    """The bytes of a NumPy file (format 1.0), uint8 (height, width, 3), as a float tensor (3, height, width) in 0..1."""
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


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token", default=os.environ.get("ESRGAN_TOKEN"))
    parser.add_argument("--epoch", type=int, default=0, help="where to begin")
    parser.add_argument("--position", type=int, default=0, help="where in that epoch")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=4, help="pairs of one rank's step")
    parser.add_argument("--workers", type=int, default=0, help="loader processes of each rank")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--log-samples", help="folder for a file of each rank with the samples it was given")
    return parser.parse_args()


def train(args):
    cuda = torch.cuda.is_available()
    rank, world = dist.get_rank(), dist.get_world_size()
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")
    torch.manual_seed(0)
    model = DistributedDataParallel(network(args.scale).to(device))
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

    pairs = ServedPairs(args.url, rank, world, args.batch, args.token, args.epoch, args.position)
    loader = iter(DataLoader(pairs, batch_size=args.batch, num_workers=args.workers))
    log = open(os.path.join(args.log_samples, f"rank{rank}.jsonl"), "w") if args.log_samples else None

    for step in range(args.steps):
        batch = next(loader)
        loss = (model(batch["lq"].to(device)) - batch["gt"].to(device)).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if log:
            for epoch, position, name in zip(batch["epoch"].tolist(), batch["position"].tolist(), batch["id"]):
                print(json.dumps({"epoch": epoch, "position": position, "id": name}), file=log, flush=True)
        if rank == 0 and (step % 10 == 0 or step == args.steps - 1):
            print(f"step {step}: l_pix {loss.item():.4f}", flush=True)


def main():
    args = arguments()
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    train(args)
    dist.destroy_process_group()
    # DistributedDataParallel still holds the group (PyTorch 2.13), and the process aborts when one of gloo's threads frees
    # its last work while the interpreter ends. All is done and written: it need not end in order.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
