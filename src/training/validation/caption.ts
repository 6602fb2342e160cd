// Rows of five pixels, one base-32 digit each. Drawn by ourselves because a server may have no fonts at all.
const GLYPHS: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhe',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  d: '11djhhf',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  '.': '00000cc',
  '-': '000v000',
  '(': '2488842',
  ')': '8422248',
  '@': 'ehnlnge',
  ':': '0cc0cc0',
  '+': '044v440',
  '/': '122488g',
  ',': '0000c48',
  '=': '00v0v00',
  '%': 'op248j3',
};

/** An SVG of one line of text, centred in `width` x `height` pixels: capitals, digits, "dB" and . , : - + = / @ % ( ). */
export function captionSvg(text: string, width: number, height: number): string {
  const chars = [
    ...text.replace(/[a-z]/g, (c, i: number) => (text.startsWith('dB', i) ? c : c.toUpperCase())),
  ];
  const dot = Math.max(1, Math.min(Math.floor(width / (chars.length * 6 + 2)), Math.floor(height / 11)));
  const left = Math.floor((width - (chars.length * 6 - 1) * dot) / 2);
  const top = Math.floor((height - 7 * dot) / 2);
  const dots = chars.flatMap((char, i) =>
    [...(GLYPHS[char] ?? '0000000')].flatMap((digit, y) =>
      [0, 1, 2, 3, 4]
        .filter((x) => (Number.parseInt(digit, 32) >> (4 - x)) & 1)
        .map((x) => `M${left + (i * 6 + x) * dot} ${top + y * dot}h${dot}v${dot}h-${dot}z`),
    ),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="100%" height="100%" fill="#202020"/><path fill="#f0f0f0" d="${dots.join('')}"/></svg>`
  );
}
