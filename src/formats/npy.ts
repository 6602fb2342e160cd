/** An array of bytes as a NumPy file (format 1.0), in C order. */
export function encodeNpy(shape: readonly number[], data: Uint8Array): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${size}), }`;
  // The data begin at a multiple of 64 bytes, behind a line end.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const start = Buffer.alloc(10);
  start.write('\x93NUMPY\x01\x00', 'latin1');
  start.writeUInt16LE(length, 8);
  return Buffer.concat([start, Buffer.from(`${header.padEnd(length - 1)}\n`, 'latin1'), data]);
}
