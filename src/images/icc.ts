/**
 * Whether an embedded ICC profile is sRGB itself, so that converting to sRGB would only add rounding errors.
 * Looks at the profile description (tag `desc`, ICC.1:2022 section 9.2.41) and compares it with the names
 * that the usual writers give to their sRGB profiles.
 */
export function isSrgbProfile(profile: Uint8Array): boolean {
  const description = profileDescription(profile);
  return description !== undefined && srgbNames.test(description);
}

const srgbNames = /^(sRGB|sRGB IEC ?61966-?2[.-]1.*|sRGB built-in|sRGB2014|c2|c2ci|sRGBz|nRGB)$/;

function profileDescription(bytes: Uint8Array): string | undefined {
  const profile = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (profile.length < 132) return undefined;
  const tags = Math.min(profile.readUInt32BE(128), Math.floor((profile.length - 132) / 12));
  for (let i = 0; i < tags; i++) {
    const entry = 132 + i * 12;
    if (profile.toString('latin1', entry, entry + 4) !== 'desc') continue;
    const start = profile.readUInt32BE(entry + 4);
    return text(profile.subarray(start, start + profile.readUInt32BE(entry + 8)));
  }
  return undefined;
}

function text(tag: Buffer): string | undefined {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'desc' && tag.length > 12)
    return tag
      .toString('latin1', 12, 12 + tag.readUInt32BE(8))
      .replace(/\0.*$/s, '')
      .trim();
  if (type !== 'mluc' || tag.length < 28) return undefined;
  const start = tag.readUInt32BE(24);
  const words = Buffer.from(tag.subarray(start, start + (tag.readUInt32BE(20) & ~1)));
  return words.length % 2 === 0 ? words.swap16().toString('utf16le').replace(/\0.*$/s, '').trim() : undefined;
}
