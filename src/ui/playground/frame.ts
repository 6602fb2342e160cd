/**
 * A message of JSON and bytes: the length of the JSON in four bytes (little-endian), the JSON, and the parts one after
 * the other, whose lengths the JSON tells.
 */
export function framed(head: unknown, parts: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(head), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...parts]);
}
