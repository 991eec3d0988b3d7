/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commonErrors } from './errors.ts';

const folder = new URL('.', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'errors.ts')
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

describe('the catalogue of errors', () => {
  it('has every code that is thrown or reported, and no other', () => {
    const used = sources.flatMap((source) => Array.from(source.matchAll(/\bcode: '([a-z-]+)'/g), ([, code]) => code));
    expect(new Set(used)).toEqual(new Set(Object.keys(commonErrors)));
  });
});
