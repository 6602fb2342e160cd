/** Remarks for the accounting, and the plan of reading: `readPixels` looks some of them up in `Source.notes`. */
export const ICC_NOTE = 'ICC profile converted to sRGB';
export const CMYK_NOTE = 'CMYK converted to sRGB';
export const GRAY_NOTE = 'gray expanded to RGB';
export const PALETTE_NOTE = 'palette expanded to RGB';
export const ALPHA_DROPPED_NOTE = 'alpha dropped';
export const ALPHA_KEPT_NOTE = 'alpha kept';
export const alphaBlendedNote = (colour: string): string => `alpha blended over ${colour}`;
export const orientationNote = (orientation: number): string => `EXIF orientation ${orientation} applied`;
export const depthNote = (bits: number): string => `${bits}-bit reduced to 8`;
export const framesNote = (frames: number): string => `first of ${frames} frames used`;
export const extensionNote = (format: string, extension: string): string =>
  `${format.toUpperCase()} data in a ${extension} file`;
