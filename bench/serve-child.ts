import { serve } from '../src/serve/index.js';
import { servedPipeline } from './serve-pipeline.js';

const serving = await serve(await servedPipeline(process.argv[2]), { port: 0 });
process.stdout.write(`${serving.url}\n`);
