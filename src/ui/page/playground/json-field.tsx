import { useState } from 'preact/hooks';
import type { Json } from '../../playground/wire.js';
import type { FieldProps } from './control.js';

/** For values of which nothing more is known. */
export function JsonField({ id, value, disabled, change }: FieldProps) {
  const [wrong, setWrong] = useState(false);
  return (
    <input
      id={id}
      type="text"
      class="mono json-field"
      aria-invalid={wrong}
      value={JSON.stringify(value)}
      disabled={disabled}
      onChange={(event) => {
        const next = read(event.currentTarget.value);
        setWrong(next === undefined);
        if (next !== undefined) change(next);
      }}
    />
  );
}

function read(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return /^[\w.-]+$/.test(text) ? text : undefined;
  }
}
