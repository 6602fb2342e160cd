import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import pLimit from 'p-limit';
import sharp, { type Sharp } from 'sharp';
import { packageRoot } from '../src/config/package-root.js';

/** Git-ignored; made once. */
const cache = path.join(packageRoot, '.bench');
const sample = path.join(packageRoot, 'datasets', 'sample');

export const WIDTH = 2040;
const COUNT = 26;

/**
 * A folder of 26 PNG photographs of 2040 pixels width: the wallpapers of Debian's package
 * plasma-workspace-wallpapers where it can be downloaded, otherwise enlarged parts of the sample.
 */
export async function photographs(): Promise<string> {
  const folder = path.join(cache, '2k');
  if (existsSync(folder)) return folder;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const limit = pLimit(2);
  const sources = wallpapers();
  const jobs = sources.length >= COUNT ? sources.map(resized) : enlarged();
  const files = jobs.map((_, i) => path.join(making, `${String(i + 1).padStart(4, '0')}.png`));
  await Promise.all(jobs.map((job, i) => limit(() => job().toFile(files[i]))));
  // The most detailed ones: photographs of DF2K have 1.5 bytes of PNG a pixel, flat drawings a tenth of that.
  const smallest = files.sort((a, b) => statSync(a).size - statSync(b).size).slice(0, files.length - COUNT);
  for (const file of smallest) rmSync(file);
  renameSync(making, folder);
  return folder;
}

/** Photographs of many subjects in Debian's packages of desktop backgrounds, which are drawings for the rest. */
const PHOTOGRAPHIC = ['lomiri-wallpapers-16.04', 'lomiri-wallpapers-20.04', 'mate-backgrounds'];
const DRAWN = /analogpattern|Infinite-Sea|Painting-Colors|FreshFlower/;

/** Patterns for photographs that are no part of the sample; none where Debian's packages cannot be downloaded. */
export function strangers(): string[] {
  return PHOTOGRAPHIC.flatMap(unpacked)
    .filter((file) => /\/backgrounds\/(mate\/nature\/.+|.+_by_.+)\.jpg$/.test(file) && !DRAWN.test(file))
    .sort();
}

const resized = (file: string) => () =>
  sharp(file).removeAlpha().resize({ width: WIDTH }).png({ compressionLevel: 6, adaptiveFiltering: true });

function enlarged(): (() => Sharp)[] {
  const files = readdirSync(sample).filter((name) => /\.(png|jpg)$/.test(name));
  return Array.from(
    { length: COUNT },
    (_, i) => () =>
      sharp(path.join(sample, files[i % files.length]))
        .removeAlpha()
        .resize({ width: WIDTH, height: 1275, fit: 'cover', position: i % 9 })
        .png({ compressionLevel: 6, adaptiveFiltering: true }),
  );
}

function wallpapers(): string[] {
  return unpacked('plasma-workspace-wallpapers')
    .filter((name) => /\/(2560x1600|3200x2000|3840x2160|5120x2880)\.(png|jpg)$/.test(name))
    .sort();
}

/** The files of a package of Debian. */
function unpacked(name: string): string[] {
  const folder = path.join(cache, 'debian', name);
  try {
    if (!existsSync(folder)) {
      const making = `${folder}.making`;
      rmSync(making, { recursive: true, force: true });
      mkdirSync(making, { recursive: true });
      execFileSync('apt-get', ['download', name], { cwd: making, stdio: 'ignore' });
      const [deb] = readdirSync(making);
      execFileSync('dpkg-deb', ['-x', deb, '.'], { cwd: making, stdio: 'ignore' });
      rmSync(path.join(making, deb));
      renameSync(making, folder);
    }
  } catch {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file));
}

/** A folder with `count` links to the photographs. */
export async function links(count: number): Promise<string> {
  const photos = await photographs();
  const names = readdirSync(photos).sort();
  const folder = path.join(cache, `links-${count}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    symlinkSync(
      path.join(photos, names[i % names.length]),
      path.join(folder, `${String(i).padStart(5, '0')}.png`),
    );
  }
  return folder;
}

/** One photograph of 60 megapixels (9,500 x 6,333). */
export async function hugePhotograph(): Promise<string> {
  const file = path.join(cache, 'huge', 'huge.jpg');
  if (existsSync(file)) return file;
  mkdirSync(path.dirname(file), { recursive: true });
  const photos = await photographs();
  const [first] = readdirSync(photos).sort();
  await sharp(path.join(photos, first))
    .resize({ width: 9500, height: 6333, fit: 'fill' })
    .jpeg({ quality: 90 })
    .toFile(file);
  return file;
}
