import type { TargetedKeyboardEvent } from 'preact';
import type { Spot, View } from './compare.js';

export interface MagnifierProps {
  readonly views: readonly View[];
  /** Pixels of the scene. */
  readonly width: number;
  readonly height: number;
  readonly spot: Spot;
  readonly onSpot: (spot: Spot) => void;
  /** Screen pixels that a pixel of the scene becomes. */
  readonly zoom?: number;
  /** What it is and how it is moved, for those who hear it. */
  readonly label: string;
}

const steps: Readonly<Record<string, Spot>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const within = (value: number): number => Math.min(1, Math.max(0, value));

/** The same spot of several pictures, enlarged side by side; arrow keys move it, with Shift farther. */
export function Magnifier({ views, width, height, spot, onSpot, zoom = 6, label }: MagnifierProps) {
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const pixels = event.shiftKey ? 16 : 2;
    onSpot({
      x: within(spot.x + (step.x * pixels) / width),
      y: within(spot.y + (step.y * pixels) / height),
    });
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move it
    <section class="magnifier" aria-label={label} tabIndex={0} onKeyDown={onKeyDown}>
      {views.map((view) => (
        <figure key={view.label}>
          <div class="magnifier-glass">
            <img
              src={view.src}
              alt=""
              draggable={false}
              style={{
                width: `${width * zoom}px`,
                height: `${height * zoom}px`,
                left: `calc(50% - ${spot.x * width * zoom}px)`,
                top: `calc(50% - ${spot.y * height * zoom}px)`,
              }}
            />
          </div>
          <figcaption>{view.label}</figcaption>
        </figure>
      ))}
    </section>
  );
}
