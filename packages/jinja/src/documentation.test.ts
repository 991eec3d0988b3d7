/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filterTable } from './filters/filter-table.ts';
import { tagTable } from './syntax/tag-table.ts';
import { testTable } from './tests/test-table.ts';

const page = readFileSync(new URL('../../../docs/jinja.md', import.meta.url), 'utf8');
const named = new Set(page.match(/`[^`]+`/g)?.map((code) => code.slice(1, -1).split(/[ (]/)[0]));

describe('docs/jinja.md', () => {
  it.each([
    ['tag', tagTable],
    ['filter', filterTable],
    ['test', testTable],
  ])('names every %s', (_kind, table) => {
    expect([...table.keys()].filter((name) => !named.has(name))).toEqual([]);
  });
});
