import { width } from '../../src/cli/display/columns.js';

const sequence = /^\p{Cc}\[(\??)([\d;]*)([A-Za-z])/u;

/** A terminal of fixed size that knows what a display may send, and throws at anything else. */
export class Vt {
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  /** Between the two marks of a frame. */
  #inFrame = false;
  frames = 0;
  /** Every kind of sequence that was sent, e.g. `A`, `?2026h`, `m`. */
  readonly seen = new Set<string>();

  constructor(
    readonly columns: number,
    readonly height: number,
  ) {}

  write(text: string): void {
    for (let rest = text; rest !== ''; ) {
      const [whole, mark, figures, letter] = sequence.exec(rest) ?? [];
      if (whole === undefined) rest = this.#character(rest);
      else {
        this.#control(`${mark}${mark ? figures : ''}${letter}`, Number(figures || 1));
        rest = rest.slice(whole.length);
      }
    }
  }

  /** What is on the screen and above it, without blank lines at the end. */
  get lines(): string[] {
    const lines = this.#rows.map((row) => row.join('').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  get whole(): boolean {
    return !this.#inFrame;
  }

  #character(rest: string): string {
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (character === '\n') this.#down();
    else if (character === '\r') this.#column = 0;
    else if (/\p{Cc}/u.test(character)) throw new Error(`unexpected ${JSON.stringify(rest.slice(0, 12))}`);
    else this.#put(character);
    return rest.slice(character.length);
  }

  #put(character: string): void {
    const taken = width(character);
    if (this.#column + taken > this.columns) {
      this.#down();
      this.#column = 0;
    }
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) row.push(' ');
    row[this.#column] = character;
    if (taken === 2) row[this.#column + 1] = '';
    this.#column += taken;
  }

  #down(): void {
    this.#row++;
    this.#rows[this.#row] ??= [];
  }

  #control(name: string, figure: number): void {
    this.seen.add(name);
    if (name === '?2026h' || name === '?2026l') {
      if (this.#inFrame === (name === '?2026h')) throw new Error('frames do not nest');
      this.#inFrame = name === '?2026h';
      if (this.#inFrame) this.frames++;
    } else if (name === 'A') {
      const top = Math.max(0, this.#rows.length - this.height);
      this.#row = Math.max(top, this.#row - figure);
    } else if (name === 'K') this.#rows[this.#row]?.splice(this.#column);
    else if (name === 'J') {
      this.#rows[this.#row]?.splice(this.#column);
      this.#rows.splice(this.#row + 1);
    } else if (name !== 'm') throw new Error(`unexpected sequence ${name}`);
  }
}
