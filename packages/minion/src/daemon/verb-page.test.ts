import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { masterVerbs } from './minion-daemon.ts';

const page = readFileSync(new URL('../../../../docs/verbs.md', import.meta.url), 'utf8');

it('docs/verbs.md lists every verb that a minion answers to its master, and no other', () => {
  const [, section = ''] = page.split('## Asked by the master\n');
  const names = [...section.matchAll(/^\| `([a-z.]+)`/gm)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(masterVerbs.keys()));
});
