import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDict, silentLogger, systemClock, toValue, type Dict, type Value } from '@brine/common';
import { afterAll, expect, it } from 'vitest';
import { createCallEnvironment } from './call-environment.ts';

const root = mkdtempSync(join(tmpdir(), 'brine-arguments-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const text = `a wrong kind:
  file.managed:
    - name: /nonexistent/x
    - contents: x
    - makedirs:
        a: 1
a misspelt name:
  file.append:
    - name: /nonexistent/x

    - txet: y
one that is missing:
  cron.present:
    - user: root
    - minute: '*/5'
    - hour: [[1]]
`;

it('names file, line and argument of a value that a state refuses, and what a misspelt one was meant to be', async () => {
  writeFileSync(join(root, 'all.sls'), text);
  const options = { id: 'x', file_client: 'local', cachedir: join(root, 'cache'), file_roots: { base: [root] } };
  const environment = createCallEnvironment({
    options: toValue(options) as Dict,
    minionId: 'x',
    jid: '20260101000000000000',
    log: silentLogger,
    clock: systemClock,
    signal: new AbortController().signal,
    grains: toValue({ os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux', shell: '/bin/sh' }) as Dict,
  });
  const { value } = await environment.call('state.apply', ['all'], new Map<Value, Value>([['test', true]]));
  await environment.close();
  const steps = isDict(value) ? [...value.values()].filter(isDict) : [];
  const keys = ['result', 'comment', '__sls_file__', '__sls_line__'];
  expect(steps.map((step) => keys.map((key) => step.get(key)))).toEqual([
    [false, "The argument 'makedirs' of file.managed must be true or false", 'all.sls', 5],
    [false, "'txet' is an invalid keyword argument for 'file.append' (did you mean 'text'?)", 'all.sls', 11],
    [false, expect.stringContaining("The argument 'hour' of cron.present"), 'all.sls', 16],
  ]);
});
