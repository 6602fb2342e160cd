import type { TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import './compare.css';

/** One picture of a scene; all of a scene are drawn at the same size. */
export interface View {
  readonly src: string;
  readonly label: string;
  /** Pixels are shown as squares: for small pictures that are not to look smoother than they are. */
  readonly pixelated?: boolean;
}

/** A spot of a picture, 0..1 from its left and top edge. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface CompareProps {
  readonly left: View;
  readonly right: View;
  /** Pixels; only their ratio matters. */
  readonly width: number;
  readonly height: number;
  /** What the slider is called, for those who hear it. */
  readonly sliderLabel: string;
  /** Where a magnifier looks, to be marked. */
  readonly spot?: Spot;
  /** Told where the pointer is, for a magnifier. */
  readonly onSpot?: (spot: Spot) => void;
}

/** Two pictures of one scene, one over the other, with a border that is moved by pointer, touch or arrow keys. */
export function Compare({ left, right, width, height, sliderLabel, spot, onSpot }: CompareProps) {
  const [at, setAt] = useState(50);
  const move = (event: TargetedPointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (value: number): number => Math.min(1, Math.max(0, value));
    onSpot?.({
      x: share((event.clientX - box.left) / box.width),
      y: share((event.clientY - box.top) / box.height),
    });
  };
  return (
    <div class="compare" style={{ aspectRatio: `${width} / ${height}` }} onPointerMove={move}>
      <Picture view={right} />
      <Picture view={left} clip={`inset(0 ${100 - at}% 0 0)`} />
      <span class="compare-label left" aria-hidden="true" hidden={at < 12}>
        {left.label}
      </span>
      <span class="compare-label right" aria-hidden="true" hidden={at > 88}>
        {right.label}
      </span>
      <span class="compare-border" style={{ left: `${at}%` }} aria-hidden="true" />
      {spot && (
        <span
          class="compare-spot"
          style={{ left: `${spot.x * 100}%`, top: `${spot.y * 100}%` }}
          aria-hidden="true"
        />
      )}
      <input
        class="compare-slider"
        type="range"
        min="0"
        max="100"
        step="0.5"
        value={at}
        aria-label={sliderLabel}
        aria-valuetext={`${left.label} ${Math.round(at)} %, ${right.label} ${Math.round(100 - at)} %`}
        onInput={(event) => setAt(Number(event.currentTarget.value))}
      />
    </div>
  );
}

function Picture({ view, clip }: { readonly view: View; readonly clip?: string }) {
  return (
    <img
      src={view.src}
      alt={view.label}
      draggable={false}
      class={view.pixelated ? 'pixelated' : undefined}
      style={{ clipPath: clip }}
    />
  );
}
