const escapes = /\p{Cc}\[[0-9;?]*[A-Za-z]/uy;
/** Marks, format characters, and the vowels and final consonants that join a Hangul syllable. */
const zero = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
/** Pictographs take two columns; halves of flags take one each. */
const pictograph = /^\p{Emoji_Presentation}$/u;
const flagHalf = /^\p{Regional_Indicator}$/u;
/** Blocks of East Asian scripts: Wide and Fullwidth of Unicode's annex 11. */
const wide = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
] as const;

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (zero.test(character)) return 0;
  if (pictograph.test(character)) return flagHalf.test(character) ? 1 : 2;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Terminal columns a text takes; colour codes take none, wide characters two. */
export function width(text: string): number {
  let columns = 0;
  walk(text, (_, taken) => {
    columns += taken;
    return true;
  });
  return columns;
}

/** The text cut to at most `limit` columns, ending in an ellipsis where something was cut. */
export function truncate(text: string, limit: number, ellipsis = '…'): string {
  if (width(text) <= limit) return text;
  const room = limit - width(ellipsis);
  if (room < 0) return '.'.repeat(Math.max(0, limit));
  let kept = '';
  let columns = 0;
  let coloured = false;
  walk(text, (piece, taken) => {
    if (columns + taken > room) return taken === 0;
    kept += piece;
    columns += taken;
    coloured ||= piece.length > 1 && taken === 0;
    return true;
  });
  return `${kept}${ellipsis}${coloured ? '\u001b[0m' : ''}`;
}

/**
 * A name of at most `limit` columns: what is too much goes from the middle, because names differ at their ends. Takes
 * text without colour codes.
 */
export function elide(name: string, limit: number, ellipsis = '…'): string {
  if (width(name) <= limit) return name;
  const room = limit - width(ellipsis);
  if (room < 2) return truncate(name, limit, ellipsis);
  const characters = [...name];
  const ending = taken([...characters].reverse(), Math.floor(room / 2)).reverse();
  const beginning = taken(characters, room - width(ending.join('')));
  return `${beginning.join('')}${ellipsis}${ending.join('')}`;
}

/** The first characters that have room in so many columns. */
function taken(characters: readonly string[], room: number): string[] {
  let columns = 0;
  const end = characters.findIndex((character) => {
    columns += columnsOf(character);
    return columns > room;
  });
  return characters.slice(0, end < 0 ? characters.length : end);
}

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - width(text))) + text;

/** Visits characters and colour codes until the visitor returns false. */
function walk(text: string, visit: (piece: string, columns: number) => boolean): void {
  for (let i = 0; i < text.length; ) {
    escapes.lastIndex = i;
    const code = escapes.exec(text)?.[0];
    const piece = code ?? String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (!visit(piece, code ? 0 : columnsOf(piece))) return;
    i += piece.length;
  }
}
