import { type Glyphs, glyphsFor, unicode } from './glyphs.js';
import { type Paint, paintFor, plain } from './paint.js';

/** How texts for a terminal are made. */
export interface Look {
  readonly paint: Paint;
  readonly glyphs: Glyphs;
}

export const plainLook: Look = { paint: plain, glyphs: unicode };

export const lookFor = (
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Look => ({ paint: paintFor(stream, env), glyphs: glyphsFor(env, platform) });
