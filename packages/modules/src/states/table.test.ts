import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stateTable } from './table.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

function namesOfFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        path.includes('/') && path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('_template/'),
    )
    .map((path) => path.replace(/\.ts$/, '').replaceAll('-', '_').replace('/', '.'))
    .toSorted();
}

describe('the table of states', () => {
  it('has each file of the folders, in order', () => {
    expect(Object.keys(stateTable)).toEqual(namesOfFiles());
  });

  it('gives each state under its own name, with examples and described arguments', async () => {
    for (const [name, load] of Object.entries(stateTable)) {
      const declaration = await load();
      expect(declaration.name).toBe(name);
      expect(Object.keys(declaration.args.shape)[0], name).toBe('name');
      expect(declaration.examples.length, name).toBeGreaterThan(0);
      const undescribed = Object.entries(declaration.args.shape)
        .filter(([, member]) => (member as { description?: string }).description === undefined)
        .map(([argument]) => argument);
      expect(undescribed, name).toEqual([]);
    }
  });
});
