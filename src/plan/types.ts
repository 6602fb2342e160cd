/** Where the bytes of a photograph lie that is no file of its own. */
export interface Origin {
  /** Absolute path of a tar, or the http, https or s3 address of a picture or a tar. */
  readonly uri: string;
  /** Place of the picture in it; absent: the picture is all of it. */
  readonly offset?: number;
  /** Size of the picture, where it is known. */
  readonly bytes?: number;
  /** What the server calls this version of the object: an ETag or a time of change. */
  readonly version?: string;
}

/** A photograph as its header describes it; no pixel has been read. */
export interface Source {
  /** Stable and unique within a run: the path relative to its dataroot, with forward slashes. */
  readonly id: string;
  /** Absolute path; where there is an origin, its name for people: an address, or `photos.tar!/name`. */
  readonly path: string;
  /** Absent: the photograph is the file of that path. */
  readonly origin?: Origin;
  /** Size in pixels after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** Recognised by content: png jpeg webp tiff avif gif. */
  readonly format: string;
  /** 3, or 4 when alpha is kept. */
  readonly channels: 3 | 4;
  /** Conversions that reading will apply, for the accounting ("16-bit reduced to 8" ...). */
  readonly notes: readonly string[];
  /** The small picture that belongs to it, where pairs are given and not made. */
  readonly lq?: Source;
}

/** One size at which a source is used. */
export interface Scale {
  /** "HR" for the source itself, "T0".. for its smaller copies (names of generate_multiscale_DF2K). */
  readonly tag: string;
  readonly width: number;
  readonly height: number;
}

/** A source with the sizes at which it is used: what `multiscale` hands on. */
export interface ScaledSource {
  readonly source: Source;
  readonly scales: readonly Scale[];
}

/** A rectangle within one scale of one source; windows are numbered from 1 in row-major order. */
export interface Window {
  readonly scale: Scale;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Number within its scale from 1, as in `0001_s001.png`; 0 when the whole image is the window. */
  readonly index: number;
}

/** A source with all windows that will be cut from it: what `crop` hands on. */
export interface Visit {
  readonly source: Source;
  readonly scales: readonly Scale[];
  /** Number of windows. */
  readonly count: number;
  /** Made anew at each access, so that a plan of millions of windows stays small. */
  readonly windows: readonly Window[];
}

/** One crop of one epoch. */
export interface Sample {
  /** e.g. `0001.png@T0:400x400+200+0`: source id, scale tag, window. Unique within an epoch. */
  readonly id: string;
  readonly source: Source;
  readonly window: Window;
  readonly epoch: number;
  /** 16 hex digits, see `sampleSeed`. */
  readonly seed: string;
  /** Place in the planned order of the whole run, from 0. */
  readonly position: number;
  /** Where a pool of pairs has moved it: the place at which it entered, whose batch it shares draws with. */
  readonly drawnAt?: number;
}
