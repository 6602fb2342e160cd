import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Shot } from '../../playground/wire.js';
import { useWords } from '../shared/i18n.js';
import { useStore } from '../shared/store.js';
import { moveSpot, spot, strength } from './context.js';
import { paint } from './paint.js';
import { pictureOf } from './pictures.js';
import { texts } from './words.js';

interface PaneProps {
  readonly shot: Shot;
  /** Size of gt in pixels: the scene that all pictures show. */
  readonly scene: { readonly width: number; readonly height: number };
  readonly name: string;
  /** Whether it can be reached by keys, and moves the magnifier with them. */
  readonly main?: boolean;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A picture as large as there is room for, with the magnifier where it is in all pictures. */
export function Pane({ shot, scene, name, main = false }: PaneProps) {
  const words = useWords(texts);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const at = useStore(spot);
  const zoom = useStore(strength);
  useLayoutEffect(() => {
    const box = canvas.current;
    if (!box) return undefined;
    setWidth(box.clientWidth);
    const watch = new ResizeObserver(() => setWidth(box.clientWidth));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const picture = pictureOf(shot);
    if (canvas.current && picture && width > 0) paint(canvas.current, picture, scene, { width, at, zoom });
  }, [shot.hash, width, at, zoom, scene.width, scene.height]);

  const point = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    spot.set({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLCanvasElement>): void => {
    const arrow = arrows[event.key];
    if (event.key === 'Escape') spot.set(undefined);
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 16 : 2;
    moveSpot((arrow[0] * far) / scene.width, (arrow[1] * far) / scene.height);
  };
  return (
    <canvas
      ref={canvas}
      class="pane"
      role="img"
      data-hash={shot.hash}
      aria-label={words.paneLabel(name, `${shot.width} x ${shot.height}`)}
      style={{ aspectRatio: `${scene.width} / ${scene.height}` }}
      tabIndex={main ? 0 : -1}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={(event) => event.pointerType === 'mouse' && spot.set(undefined)}
      onKeyDown={main ? onKeyDown : undefined}
    />
  );
}
