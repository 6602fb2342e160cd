"""What the scripts of Real-ESRGAN do with a folder of photographs, for comparison (needs Debian's python3-opencv
and python3-pil): four smaller copies with Pillow, then 400/200 sub-images of originals and copies with OpenCV.
Prints the seconds of both steps as JSON. Usage: python_chain.py INPUT WORK"""
import json
import os
import sys
import time
from multiprocessing import Pool

import cv2
from PIL import Image

SIZE, STEP, COMPRESSION, PROCESSES = 400, 200, 3, 20


def copies(source, target):
    for name in sorted(os.listdir(source)):
        image = Image.open(os.path.join(source, name))
        width, height = image.size
        sizes = [(int(width * s), int(height * s)) for s in (0.75, 0.5, 1 / 3)]
        ratio = height / width
        sizes.append((400, int(400 * ratio)) if width < height else (int(400 / ratio), 400))
        for number, size in enumerate(sizes):
            image.resize(size, resample=Image.LANCZOS).save(os.path.join(target, f"{name[:-4]}T{number}.png"))


def starts(length):
    found = list(range(0, length - SIZE + 1, STEP))
    return found if found[-1] + SIZE == length else found + [length - SIZE]


def cut(job):
    path, target = job
    image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    stem = os.path.basename(path)[:-4]
    if min(image.shape[:2]) < SIZE:
        return
    number = 0
    for y in starts(image.shape[0]):
        for x in starts(image.shape[1]):
            number += 1
            crop = image[y:y + SIZE, x:x + SIZE].copy()
            cv2.imwrite(os.path.join(target, f"{stem}_s{number:03d}.png"), crop, [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION])


def main(source, work):
    folders = [os.path.join(work, name) for name in ("multiscale", "sub")]
    for folder in folders:
        os.makedirs(folder)
    begin = time.time()
    copies(source, folders[0])
    middle = time.time()
    for folder in (source, folders[0]):
        jobs = [(os.path.join(folder, name), folders[1]) for name in sorted(os.listdir(folder))]
        with Pool(PROCESSES) as pool:
            pool.map(cut, jobs)
    size = sum(os.path.getsize(os.path.join(folders[1], name)) for name in os.listdir(folders[1]))
    print(json.dumps({"multiscale_s": middle - begin, "sub_s": time.time() - middle, "bytes": size, "files": len(os.listdir(folders[1]))}))


main(*sys.argv[1:])
