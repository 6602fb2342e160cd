// Expressions that the browser evaluates. They are text because the types of a page are not those of the tests.

export const filmPictures = "[...document.querySelectorAll('.film canvas')].map((one) => one.toDataURL())";

/** The colours in the middle of every pixel of lq, as they stand on the screen. */
export const pixelsOfLq = (width: number, height: number): string => `(() => {
  const canvas = document.querySelector('.compare-panes figure:last-of-type canvas');
  const { width: w, height: h } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, w, h);
  const pixels = [];
  for (let y = 0; y < ${height}; y++)
    for (let x = 0; x < ${width}; x++) {
      const at = 4 * (Math.floor(((y + 0.5) * h) / ${height}) * w + Math.floor(((x + 0.5) * w) / ${width}));
      pixels.push(data[at], data[at + 1], data[at + 2]);
    }
  return pixels;
})()`;

/** Everything that can be operated, and is called nothing. */
export const withoutName = `[...document.querySelectorAll('button, input, select, textarea, [tabindex="0"]')]
  .filter((one) => !one.getAttribute('aria-label') && !one.textContent.trim()
    && !one.querySelector('img[alt]:not([alt=""])') && !(one.labels && one.labels.length))
  .map((one) => one.outerHTML)`;

/** Drops what lies at an address on the page, as a file. */
export const dropOf = (url: string, name: string): string => `(async () => {
  const blob = await (await fetch('${url}')).blob();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 300;
  canvas.getContext('2d').drawImage(await createImageBitmap(blob), 0, 0, 300, 300);
  const jpeg = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg'));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([jpeg], '${name}'));
  for (const type of ['dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
})()`;
