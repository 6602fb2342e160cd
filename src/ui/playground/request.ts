import { z } from 'zod';
import { Operation } from './operations.js';

const whole = z.number().int().min(0);

/** What a page looks at. */
export const Look = z.strictObject({
  photo: z.string().max(16),
  /** Number of the window among those of the photograph, from 0. */
  window: whole,
  /** `pair`: turned and cut as in training; `crop`: the whole crop, upright. */
  extent: z.enum(['pair', 'crop']),
  /** The epoch whose draws are shown. */
  draw: whole.max(1e6),
});
export type Look = z.infer<typeof Look>;

const Origin = z.strictObject({ seed: z.string().regex(/^[0-9a-f]{16}$/), stream: z.string().max(1024) });

/** Everything that a page knows; the server keeps nothing between two requests but what it can make again. */
export const View = z.strictObject({
  /** The whole pipeline file, as it is by now. */
  text: z.string().max(262144),
  look: Look,
  held: z.record(z.string().max(256), Origin),
});
export type View = z.infer<typeof View>;

export const RenderRequest = View.extend({
  /** A change to be made first. */
  edit: Operation.optional(),
  /** Pictures that the page has already. */
  have: z.array(z.string().max(64)).max(256),
});
export type RenderRequest = z.infer<typeof RenderRequest>;

export const FindRequest = View.extend({
  /** The step that is to occur. */
  key: z.string().max(256),
});
export type FindRequest = z.infer<typeof FindRequest>;

export const SaveRequest = z.strictObject({
  text: z.string().max(262144),
  /** The text that the page was opened with, or has saved last. */
  base: z.string().max(262144),
});
export type SaveRequest = z.infer<typeof SaveRequest>;
