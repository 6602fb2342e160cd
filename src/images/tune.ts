import sharp from 'sharp';

/**
 * Global settings of sharp for a stream that keeps `threads` images in work at once: one libvips thread
 * per image (splitting a single image over cores costs more than it gains when others wait), and no cache
 * of operations, which would hold decoded images that nobody asks for again.
 *
 * libuv runs at most UV_THREADPOOL_SIZE (4) jobs at once; it is raised here, which only works before the
 * first asynchronous file access of the process. Call it first, and on the main thread.
 */
export function tuneSharp(threads: number): void {
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, Math.min(1024, threads + 2)));
  sharp.cache(false);
  sharp.concurrency(threads > 1 ? 1 : 0);
}
