import { z } from 'zod';
import { TrainOptions } from '../training/options.js';
import { WholeOptionFile } from './basicsr/option-file.js';
import { PipelineFile } from './pipeline-schema.js';

type Json = z.core.JSONSchema.BaseSchema;

function toText(schema: z.ZodType, title: string): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => simplify(jsonSchema),
  });
  return `${JSON.stringify({ ...json, title }, undefined, 2)}\n`;
}

/** Bounds that only say "an exact integer" are noise in an editor; `key: ~` is as good as no key. */
function simplify(json: Json): void {
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  for (const [key, property] of Object.entries(json.properties ?? {})) {
    if (typeof property !== 'object' || json.required?.includes(key)) continue;
    if (property.enum || property.const !== undefined) continue;
    if (property.anyOf && !property.anyOf.some(isNull)) property.anyOf.push({ type: 'null' });
    else if (typeof property.type === 'string') Object.assign(property, { type: [property.type, 'null'] });
  }
}

const isNull = (json: z.core.JSONSchema._JSONSchema): boolean =>
  typeof json === 'object' && json.type === 'null';

/** The files in schemas/ and their text, made from the same definitions that check the files. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  return {
    'pipeline.schema.json': toText(PipelineFile, 'esrgan-stream pipeline'),
    'option-file.schema.json': toText(WholeOptionFile, 'esrgan-stream option file in the words of BasicSR'),
    'train-options.schema.json': toText(TrainOptions, 'esrgan-stream training options'),
  };
}
