import type { Json, Opening, Origin, PhotoDetails, PhotoEntry, RenderAnswer } from '../../playground/wire.js';
import { getJson, post, postBytes, ServerError } from '../shared/api.js';
import { Store } from '../shared/store.js';
import { unframed } from './answer.js';
import { type Gesture, History } from './history.js';
import { middleOf } from './middle.js';
import { keep, known } from './pictures.js';
import { empty, flat, heldBy, type Look, type Operation, type State, within } from './state.js';
import { isSet, targetOf, type Wish, Wishes } from './wishes.js';

/** What the page does. One request is under way at a time; of changes that wait for it only the last of each value is sent. */
export class Bench {
  readonly store = new Store<State>(empty);
  readonly #history = new History();
  readonly #wishes = new Wishes();
  #running = false;

  get state(): State {
    return this.store.value;
  }

  #put(change: Partial<State>): void {
    this.store.set({ ...this.state, ...change });
  }

  async open(): Promise<void> {
    try {
      const opening = await getJson<Opening>('/api/bench');
      const { total, photos } = await getJson<{ total: number; photos: PhotoEntry[] }>('/api/photos');
      this.#put({ opening, text: opening.text, base: opening.text, total, photos });
      if (photos[0]) await this.choose(photos[0].key);
      this.select(this.state.tree[0]?.key);
    } catch (error) {
      this.#put({ failure: messageOf(error) });
    }
  }

  async morePhotos(): Promise<void> {
    const own = this.state.photos.filter(({ key }) => key.startsWith('p')).length;
    const { photos } = await getJson<{ photos: PhotoEntry[] }>(`/api/photos?from=${own}`);
    this.#put({ photos: [...this.state.photos, ...photos] });
  }

  async choose(photo: string): Promise<void> {
    const details = await getJson<PhotoDetails>(`/api/photos/${photo}`);
    const { look } = this.state;
    this.#put({ details });
    this.look({ extent: look?.extent ?? 'crop', draw: look?.draw ?? 0, photo, window: middleOf(details) });
    await this.#settled();
  }

  async drop(file: File): Promise<void> {
    try {
      const response = await postBytes(`/api/photos?name=${encodeURIComponent(file.name)}`, file);
      const entry: PhotoEntry = await response.json();
      this.#put({ photos: [entry, ...this.state.photos], said: undefined });
      await this.choose(entry.key);
    } catch (error) {
      this.#put({ said: messageOf(error) });
    }
  }

  /** Looks at something else. What is not locked is drawn anew, unless only the extent changes. */
  look(change: Partial<Look>): void {
    const look = { ...this.state.look, ...change } as Look;
    const { held, locked } = this.state;
    const same = Object.keys(change).every((key) => key === 'extent');
    this.#put({ look, held: same ? held : heldBy(held, locked) });
    this.#wish();
  }

  redraw(by = 1): void {
    const { look } = this.state;
    if (look) this.look({ draw: Math.max(0, look.draw + by) });
  }

  /** Draws on until a step is applied. */
  async find(key: string): Promise<boolean> {
    const { text, look, held, locked } = this.state;
    const response = await post('/api/find', { text, look, held: heldBy(held, locked), key });
    const { draw }: { draw?: number } = await response.json();
    if (draw !== undefined) this.look({ draw });
    return draw !== undefined;
  }

  edit(operation: Operation, select?: string): void {
    const gesture: Gesture = isSet(operation) ? targetOf(operation.path, operation.key) : undefined;
    this.#history.remember(this.state, gesture);
    if (isSet(operation))
      this.#put({
        pending: new Map(this.state.pending).set(
          targetOf(operation.path, operation.key),
          operation.value as Json,
        ),
      });
    this.#wish(operation, select);
  }

  select(selected: string | undefined): void {
    const shot = this.state.shots.findLast(
      ({ key }) => key !== undefined && selected !== undefined && within(key, selected),
    );
    this.#put({ selected, shown: shot?.id });
  }

  show(shown: string): void {
    const shot = this.state.shots.find(({ id }) => id === shown);
    this.#put({ shown, selected: shot?.key ?? this.state.selected });
  }

  /** Locks or unlocks a step and all that is in it. */
  lock(key: string): void {
    const { locked, held, origins, tree } = this.state;
    const all = flat(tree).filter((step) => within(step.key, key));
    const next = new Set(locked);
    const kept: Record<string, Origin> = { ...held };
    const release = locked.has(key);
    for (const step of all) {
      if (release) next.delete(step.key);
      else {
        next.add(step.key);
        if (origins[step.key]) kept[step.key] = origins[step.key];
      }
    }
    this.#put({ locked: next, held: kept });
  }

  undo(): void {
    this.#travel(this.#history.undo(this.state));
  }

  redo(): void {
    this.#travel(this.#history.redo(this.state));
  }

  #travel(to: Pick<State, 'text' | 'held' | 'locked'> | undefined): void {
    if (!to) return;
    const { text, held, locked } = to;
    this.#put({ text, held, locked, undos: this.#history.undos, redos: this.#history.redos });
    this.#wish();
  }

  async save(): Promise<string | undefined> {
    try {
      await this.#settled();
      const { text, base } = this.state;
      const response = await post('/api/save', { text, base });
      const saved: { text: string } = await response.json();
      this.#put({ base: saved.text, text: saved.text, said: undefined });
      return undefined;
    } catch (error) {
      const said = messageOf(error);
      this.#put({ said });
      return said;
    }
  }

  say(said: string | undefined): void {
    this.#put({ said });
  }

  #wish(operation?: Operation, select?: string): void {
    const since = performance.now();
    this.#wishes.add({ operation, since, select });
    this.#put({ undos: this.#history.undos, redos: this.#history.redos });
    void this.#run();
  }

  async #settled(): Promise<void> {
    while (this.#running) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let wish = this.#wishes.next(); wish; wish = this.#wishes.next()) {
      try {
        const { text, look, held } = this.state;
        const message = { text, look, held, have: known(), edit: wish.operation };
        const response = await post('/api/render', message);
        const { head, bytes } = unframed(await response.arrayBuffer());
        for (const shot of head.shots ?? []) keep(shot, bytes.get(shot.hash));
        this.#take(head, wish);
      } catch (error) {
        this.#put({ said: messageOf(error), pending: new Map() });
      }
    }
    this.#running = false;
  }

  #take(head: RenderAnswer, { since, select }: Wish): void {
    const moves = new Map(head.moves);
    const moved = (key: string): string | undefined => {
      const to = moves.get(key);
      return to === undefined ? key : (to ?? undefined);
    };
    this.#wishes.redirect(moved);
    const { state } = this;
    const { shots = state.shots, rows = state.rows, origins = state.origins, warnings = [] } = head;
    const wanted = select ?? (state.selected && moved(state.selected));
    const selected = flat(head.tree).find(({ key }) => key === wanted)?.key;
    const shot = shots.findLast(
      ({ key }) => key !== undefined && selected !== undefined && within(key, selected),
    );
    const stays = shots.find(({ id, key }) => id === state.shown && key !== undefined && key === selected);
    this.#put({
      ...{ text: head.text, own: head.own, tree: head.tree, problem: head.problem, held: head.held },
      ...{ shots, rows, origins, warnings, selected },
      sample: head.sample ?? state.sample,
      locked: new Set(
        [...state.locked].map(moved).filter((key): key is string => key !== undefined && key in head.held),
      ),
      shown: (stays ?? shot)?.id,
      pending: this.#wishes.length === 0 ? new Map() : state.pending,
      said: undefined,
    });
    requestAnimationFrame(() => {
      const latency = Math.round(performance.now() - since);
      this.#put({ latency, changes: this.state.changes + 1 });
    });
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof ServerError) return [error.message, error.remedy].filter(Boolean).join('. ');
  return error instanceof Error ? error.message : String(error);
}
