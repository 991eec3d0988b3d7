import { readFileSync } from 'node:fs';
import { masterFailpoints } from '@brine/master';
import { minionFailpoints, workerFailpoints } from '@brine/minion';
import { expect, it } from 'vitest';

it('docs/faults.md lists every failpoint of the daemons and of the workers of jobs', () => {
  const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| (master|minion|worker) +\| `([\w.-]+)` +\|/gm)].map(
    ([, daemon, name]) => `${daemon} ${name}`,
  );
  const known = [
    ...masterFailpoints.map((name) => `master ${name}`),
    ...minionFailpoints.map((name) => `minion ${name}`),
    ...workerFailpoints.map((name) => `worker ${name}`),
  ];
  expect(listed).toEqual(known);
});
