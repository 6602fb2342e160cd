/** Scrolls the list of steps as little as needed; on narrow pages, where it is not one of its own, the page. */
export function bringIntoView(card: HTMLElement): void {
  const list = card.closest('.steps');
  if (!list || list.scrollHeight <= list.clientHeight) {
    card.scrollIntoView({ block: 'nearest' });
    return;
  }
  const [box, frame] = [card.getBoundingClientRect(), list.getBoundingClientRect()];
  const above = box.top - frame.top - 8;
  const below = Math.min(above, box.bottom - frame.bottom + 8);
  if (above < 0) list.scrollTop += above;
  else if (below > 0) list.scrollTop += below;
}
