/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadJson } from '../load-json.ts';
import type { Dict, Value } from '../value.ts';
import { renderOutput } from './render-output.ts';

// Written by the outputters of Salt 3006.9 on answers of many shapes.
const samples = readFileSync(new URL('outputters.samples.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => loadJson(line) as Dict);

describe('renderOutput', () => {
  it.each(samples.map((sample, index) => ({ sample, index, outputter: sample.get('outputter') as string })))(
    'writes sample $index as the outputter $outputter of Salt does',
    ({ sample, outputter }) => {
      const settings = sample.get('settings') as Dict;
      const indent = settings.get('output_indent');
      const text = renderOutput(outputter, sample.get('value') as Value, {
        settings,
        color: settings.get('color') === true,
        retcode: Number(sample.get('retcode') ?? 0),
        ...(typeof indent === 'number' ? { indent } : {}),
      });
      expect(text.trimEnd()).toBe(sample.get('shown'));
    },
  );
});
