import type { Patience } from './patience.js';

/** A part of an object, or all of it. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Size of the whole object, where the server says it. */
  readonly total?: number;
  /** What the server calls this version of it: an ETag or a time of change. */
  readonly version?: string;
  /** Its content type, as the server says it. */
  readonly type?: string;
}

export interface Part {
  readonly offset: number;
  readonly length: number;
}

/** One way to objects on a server. */
export interface Store {
  /**
   * A part of an object or, without one, all of it; fewer bytes where the object ends before the part does.
   *
   * @throws Failure with the reason; EsrganError when other objects would fail for the same one (wrong credentials ...)
   */
  get(uri: string, part: Part | undefined, most: number, patience: Patience): Promise<Piece>;
}
