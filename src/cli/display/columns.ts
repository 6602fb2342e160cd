const escapes = /\p{Cc}\[[0-9;?]*[A-Za-z]/uy;
const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
] as const;

function columnsOf(character: string): number {
  if (zero.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
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
export function truncate(text: string, limit: number): string {
  if (width(text) <= limit) return text;
  let kept = '';
  let columns = 0;
  let coloured = false;
  walk(text, (piece, taken) => {
    if (columns + taken > limit - 1) return taken === 0;
    kept += piece;
    columns += taken;
    coloured ||= piece.length > 1 && taken === 0;
    return true;
  });
  return `${kept}${limit > 0 ? '…' : ''}${coloured ? '\u001b[0m' : ''}`;
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
