import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { masterVerbs } from './minion-daemon.ts';

const page = readFileSync(new URL('../../../../docs/verbs.md', import.meta.url), 'utf8');

it('docs/verbs.md lists every verb that a minion answers to its master, and no other', () => {
  const [, section = ''] = page.split('## Asked by the master\n');
  const names = [...section.matchAll(/^\| `([a-z.]+)`/gm)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(masterVerbs.keys()));
});

it('docs/verbs.md names every member that these verbs take', () => {
  const [, section = ''] = page.split('## Asked by the master\n');
  const rows = [...section.matchAll(/^\| `([a-z.]+)` +\| ([^|]*)\|/gm)].map(([, name = '', body = '']) => [
    name,
    [...body.replaceAll(/`minion\.\w+`/g, '').matchAll(/`(\w+)`/g)].map(([, member]) => member),
  ]);
  const taken = [...masterVerbs].map(([name, { takes }]) => [name, takes]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(taken));
});
