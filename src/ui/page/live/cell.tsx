import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A part of the panel with a title. */
export function Cell({
  title,
  area,
  aside,
  children,
}: {
  readonly title: string;
  readonly area: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`cell cell-${area}`} aria-labelledby={id}>
      <div class="cell-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
