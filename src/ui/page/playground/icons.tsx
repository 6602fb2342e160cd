const paths = {
  lock: 'M5 7V5a3 3 0 0 1 6 0v2h1v6H4V7zm1.5 0h3V5a1.5 1.5 0 0 0-3 0z',
  unlock: 'M5 7V4.6a3 3 0 0 1 5.8-1l-1.4.5A1.5 1.5 0 0 0 6.5 5v2H12v6H4V7z',
  up: 'M8 3.5 12.5 8l-1 1L8.8 6.2V13H7.2V6.2L4.5 9l-1-1z',
  down: 'M8 12.5 3.5 8l1-1 2.7 2.8V3h1.6v6.8L11.5 7l1 1z',
  into: 'M2 7.2h5.9L5.8 5l1-1L11 8l-4.2 4-1-1 2.1-2.2H2zM12.2 3h1.6v10h-1.6z',
  out: 'M14 8.8H8.1l2.1 2.2-1 1L5 8l4.2-4 1 1-2.1 2.2H14zM2.2 3h1.6v10H2.2z',
  copy: 'M5 2h8v9h-2v2H3V5h2zm1.4 1.4v6.2h5.2V3.4zM4.4 6.4v5.2h5.2V11H5V6.4z',
  remove: 'm4.5 3.4 3.5 3.5 3.5-3.5 1.1 1.1L9.1 8l3.5 3.5-1.1 1.1L8 9.1l-3.5 3.5-1.1-1.1L6.9 8 3.4 4.5z',
  grip: 'M5 3h2v2H5zm4 0h2v2H9zM5 7h2v2H5zm4 0h2v2H9zm-4 4h2v2H5zm4 0h2v2H9z',
  dice: 'M3 3h10v10H3zm1.4 1.4v7.2h7.2V4.4zm1 1h1.8v1.8H5.4zm3.4 3.4h1.8v1.8H8.8z',
  undo: 'M6.2 3 7.3 4.1 5.4 6H9a4 4 0 0 1 0 8H6v-1.6h3a2.4 2.4 0 0 0 0-4.8H5.4l1.9 1.9L6.2 10.6 2.4 6.8z',
  redo: 'M9.8 3 8.7 4.1 10.6 6H7a4 4 0 0 0 0 8h3v-1.6H7a2.4 2.4 0 0 1 0-4.8h3.6L8.7 9.5l1.1 1.1 3.8-3.8z',
  back: 'M10.5 3 5.5 8l5 5 1.1-1.1L7.7 8l3.9-3.9z',
  plus: 'M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z',
  glass:
    'M7 2.5a4.5 4.5 0 0 1 3.6 7.2l3.2 3.2-1.1 1.1-3.2-3.2A4.5 4.5 0 1 1 7 2.5M7 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
} as const;

/** A small picture beside or in place of a word; those who hear the page are told by the button around it. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
