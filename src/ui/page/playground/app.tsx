import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../shared/i18n.js';
import { ComparePanes } from './compare.js';
import { useBench, useBenchState } from './context.js';
import { Film } from './film.js';
import { Header } from './header.js';
import { onKey } from './keys.js';
import './playground.css';
import { Photos } from './photos.js';
import { Steps } from './steps.js';
import { texts } from './words.js';
import { Yaml } from './yaml.js';

export function App() {
  const words = useWords(texts);
  const bench = useBench();
  const ready = useBenchState((state) => state.opening !== undefined && state.own !== '');
  const failure = useBenchState((state) => state.failure);
  const over = useDrop();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(bench, event);
    document.addEventListener('keydown', listen);
    void bench.open();
    return () => document.removeEventListener('keydown', listen);
  }, []);
  if (failure !== undefined) return <p class="failure">{failure}</p>;
  if (!ready) return <p class="failure quiet">{words.loading}</p>;
  return (
    <>
      <Header />
      <Messages />
      <main class="bench">
        <div class="seen">
          <ComparePanes />
        </div>
        <Steps />
        <div class="rest">
          <Photos />
          <Film />
          <Yaml />
          <p class="quiet keys">{words.keys}</p>
        </div>
      </main>
      {over && <div class="drop">{words.drop}</div>}
    </>
  );
}

function Messages() {
  const words = useWords(texts);
  const problem = useBenchState((state) => state.problem);
  const said = useBenchState((state) => state.said);
  const warnings = useBenchState((state) => state.warnings);
  return (
    <div class="messages" role="status">
      {problem && (
        <p class="bad">
          <b>{words.problem}</b> {problem.line !== undefined && `${words.line(problem.line)}: `}
          {problem.message} {problem.remedy}
        </p>
      )}
      {said !== undefined && <p class="bad">{said}</p>}
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}

/** A photograph may be dropped anywhere. */
function useDrop(): boolean {
  const bench = useBench();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holds = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: DragEvent): void => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void bench.drop(file);
    };
    document.addEventListener('dragover', drag);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', drag);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, []);
  return over;
}
