import type { Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const rules = '-A -t 10.0.0.1:80 -s wlc\n-a -t 10.0.0.1:80 -r 10.0.1.1:80 -g -w 10\n';

it('asks and changes the table of LVS by ipvsadm', async () => {
  const host = createFakeHost({
    programs: {
      ipvsadm: ([verb, , address]) => {
        if (verb === '-S') return rules;
        if (address === 'nowhere:80')
          return { exitCode: 2, stderr: 'illegal virtual server address[:port] specified\n' };
        return verb === '-L' ? 'IP Virtual Server version 1.2.1\n' : '';
      },
    },
  });
  const call = async (name: string, positional: readonly Plain[] = [], keyword = {}) =>
    (await callScratch(`lvs.${name}`, { positional, keyword, host })).value;
  expect(await call('get_rules')).toBe(rules.trimEnd());
  expect(await call('list')).toBe('IP Virtual Server version 1.2.1');
  expect(await call('list', ['tcp', 'nowhere:80'])).toBe('illegal virtual server address[:port] specified');
  expect(await call('check_service', ['tcp', '10.0.0.1:80'])).toBe(true);
  expect(await call('check_service', ['tcp', '10.0.0.1:80'], { scheduler: 'wl' })).toBe('Error: service not exists');
  expect(await call('check_server', ['tcp', '10.0.0.1:80', '10.0.1.1:80'])).toBe(true);
  expect(await call('check_server', ['tcp', '10.0.0.1:80', '10.0.1.1:80'], { weight: 1 })).toBe(
    'Error: server not exists',
  );
  const changes: readonly (readonly [string, readonly Plain[]])[] = [
    ['add_service', ['tcp', '10.0.0.2:80']],
    ['edit_service', ['udp', '10.0.0.2:53', 'rr']],
    ['edit_service', ['fwmark', 7]],
    ['add_server', ['tcp', '10.0.0.2:80', '10.0.1.1:80']],
    ['edit_server', ['tcp', '10.0.0.2:80', '10.0.1.1:80', 'nat']],
    ['delete_server', ['tcp', '10.0.0.2:80', '10.0.1.1:80']],
    ['delete_service', ['tcp', '10.0.0.2:80']],
    ['zero', ['tcp', '10.0.0.2:80']],
    ['zero', []],
    ['clear', []],
  ];
  for (const [name, positional] of changes) expect(await call(name, positional), name).toBe(true);
  expect(await call('add_service', ['tcp', 'nowhere:80'])).toBe('illegal virtual server address[:port] specified');
  await expect(call('add_service')).rejects.toThrow('Error: service_address should specified');
  expect(host.started.map(({ command }) => (command as readonly string[]).slice(1).join(' '))).toEqual([
    '-L -n',
    '-L -t nowhere:80 -n',
    '-A -t 10.0.0.2:80 -s wlc',
    '-E -u 10.0.0.2:53 -s rr',
    '-E -f 7',
    '-a -t 10.0.0.2:80 -r 10.0.1.1:80 -g -w 1',
    '-e -t 10.0.0.2:80 -r 10.0.1.1:80 -m',
    '-d -t 10.0.0.2:80 -r 10.0.1.1:80',
    '-D -t 10.0.0.2:80',
    '-Z -t 10.0.0.2:80',
    '-Z',
    '-C',
    '-A -t nowhere:80 -s wlc',
  ]);
});
