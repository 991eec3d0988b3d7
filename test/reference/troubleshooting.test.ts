import { readFileSync } from 'node:fs';
import { apiErrors } from '@brine/api';
import { busErrors } from '@brine/bus';
import { cliErrors } from '@brine/cli';
import { commonErrors } from '@brine/common';
import { daemonErrors } from '@brine/daemon';
import { jinjaErrors } from '@brine/jinja';
import { masterErrors } from '@brine/master';
import { minionErrors } from '@brine/minion';
import { modulesErrors } from '@brine/modules';
import { returnersErrors } from '@brine/returners';
import { slsErrors } from '@brine/sls';
import { expect, it } from 'vitest';

const catalogues = [
  ...[apiErrors, busErrors, cliErrors, commonErrors, daemonErrors, jinjaErrors, masterErrors, minionErrors],
  ...[modulesErrors, returnersErrors, slsErrors],
];

it('docs/troubleshooting.md says of every error code, and of no other, what its cause is and what to do', () => {
  const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('## Every code'), page.indexOf('## More to see'));
  const rows = section.matchAll(/^\| `([a-z-]+)` +\| (\S.*?) +\| (\S.*?) +\|$/gm);
  const told = Array.from(rows, ([, code]) => code ?? '');
  const codes = new Set(catalogues.flatMap((catalogue) => Object.keys(catalogue)));
  expect(told.toSorted()).toEqual([...codes].toSorted());
});
