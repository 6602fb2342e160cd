/** A Buffer as the plain Uint8Array over the same memory, whose subarrays are cheap; nothing is copied. */
export const bytesOf = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
