import { readFile } from 'node:fs/promises';

/**
 * What to hand to sharp for a file: its path, or its bytes where libvips would take the end of the path for
 * loading options (`photo[1]`).
 */
export async function sharpInput(file: string): Promise<string | Buffer> {
  return file.endsWith(']') ? readFile(file) : file;
}
