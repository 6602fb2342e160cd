import protobuf from 'protobufjs/minimal.js';

export interface ScalarSummary {
  readonly tag: string;
  readonly value: number;
}

export interface ImageSummary {
  readonly tag: string;
  /** An encoded RGB picture, PNG by custom. */
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Event {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step?: number;
  /** The first event of a file says which version of the format it has. */
  readonly fileVersion?: string;
  /** A run begins at this step: what an earlier file says of this step and later ones is void. */
  readonly start?: boolean;
  readonly summaries?: readonly (ScalarSummary | ImageSummary)[];
}

const varint = 0;
const fixed64 = 1;
const bytes = 2;
const fixed32 = 5;
const tag = (field: number, wire: number): number => (field << 3) | wire;

/** SessionLog.START */
const START = 1;
/** 3: RGB */
const RGB = 3;

/** The bytes of an Event of TensorFlow's event.proto, with summaries as in summary.proto. */
export function encodeEvent({ time, step, fileVersion, start, summaries }: Event): Uint8Array {
  const w = protobuf.Writer.create();
  w.uint32(tag(1, fixed64)).double(time);
  if (step) w.uint32(tag(2, varint)).int64(step);
  if (fileVersion !== undefined) w.uint32(tag(3, bytes)).string(fileVersion);
  if (summaries) {
    w.uint32(tag(5, bytes)).fork();
    for (const summary of summaries) {
      w.uint32(tag(1, bytes)).fork();
      encodeSummary(w, summary);
      w.ldelim();
    }
    w.ldelim();
  }
  if (start) w.uint32(tag(7, bytes)).fork().uint32(tag(1, varint)).int32(START).ldelim();
  return w.finish();
}

function encodeSummary(w: protobuf.Writer, summary: ScalarSummary | ImageSummary): void {
  w.uint32(tag(1, bytes)).string(summary.tag);
  if ('value' in summary) {
    w.uint32(tag(2, fixed32)).float(summary.value);
    return;
  }
  w.uint32(tag(4, bytes)).fork();
  w.uint32(tag(1, varint)).int32(summary.height);
  w.uint32(tag(2, varint)).int32(summary.width);
  w.uint32(tag(3, varint)).int32(RGB);
  w.uint32(tag(4, bytes)).bytes(summary.png).ldelim();
}
