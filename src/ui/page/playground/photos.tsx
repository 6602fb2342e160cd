import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { WindowChoice } from './window-choice.js';
import { texts } from './words.js';

/** Which photograph, which of its copies, which window of it. */
export function Photos() {
  const words = useWords(texts);
  const bench = useBench();
  const photos = useBenchState((state) => state.photos);
  const total = useBenchState((state) => state.total);
  const photo = useBenchState((state) => state.look?.photo);
  const own = photos.filter(({ key }) => key.startsWith('p')).length;
  return (
    <section class="photos" aria-label={words.photographs}>
      <WindowChoice />
      <ul class="thumbs">
        <li>
          <label class="open-file">
            <input
              type="file"
              accept="image/*"
              class="unseen"
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file) void bench.drop(file);
                event.currentTarget.value = '';
              }}
            />
            {words.open}
          </label>
        </li>
        {photos.map(({ key, name }) => (
          <li key={key}>
            <button
              type="button"
              class="thumb"
              title={name}
              aria-pressed={key === photo}
              onClick={() => void bench.choose(key)}
            >
              <img src={`/api/photos/${key}/thumb`} alt={name} loading="lazy" />
            </button>
          </li>
        ))}
        {own < total && (
          <li>
            <button type="button" class="more" onClick={() => void bench.morePhotos()}>
              {words.more}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}
