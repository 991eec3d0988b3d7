import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const all = `public (active)
  target: default
  services: ssh
  masquerade: no
  rich rules:${' '}
\trule family="ipv4" reject
`;

function machine() {
  return createFakeHost({
    programs: {
      'firewall-cmd': (words) => {
        if (words.includes('--list-all')) return all;
        if (words.some((word) => word.includes('nowhere'))) return { exitCode: 112, stderr: 'INVALID_ZONE: nowhere\n' };
        return words[0] === '--get-zones' ? 'dmz public\n' : 'success\n';
      },
    },
  });
}

it('asks and changes zones by firewall-cmd', async () => {
  const host = machine();
  const call = async (name: string, positional: readonly Plain[] = [], keyword = {}) =>
    (await callScratch(`firewalld.${name}`, { positional, keyword, host })).value;
  expect(await call('get_zones')).toEqual(['dmz', 'public']);
  expect(await call('list_all', ['public'])).toEqual(
    toValue({
      'public (active)': {
        target: ['default'],
        services: ['ssh'],
        masquerade: ['no'],
        'rich rules': ['', 'rule family="ipv4" reject'],
      },
    }),
  );
  expect(await call('get_masquerade', ['public'])).toBe(false);
  await call('add_service', ['ssh', 'my_zone']);
  await call('add_interface', ['public', 'eth0'], { permanent: false });
  await call('add_rich_rule', ['public', 'rule family=ipv4 reject']);
  await call('add_port', ['internal', '443/tcp'], { force_masquerade: true });
  expect(await call('new_zone', ['mine'])).toBe('success');
  await call('set_default_zone', ['mine']);
  expect(host.started.map(({ command }) => (command as readonly string[]).slice(1).join(' '))).toEqual([
    '--get-zones --permanent',
    '--zone=public --list-all --permanent',
    '--zone=public --list-all --permanent',
    '--zone=my_zone --add-service=ssh --permanent',
    '--zone=public --add-interface=eth0',
    '--zone=public --add-rich-rule=rule family=ipv4 reject --permanent',
    '--zone=internal --add-masquerade --permanent',
    '--zone=internal --add-port=443/tcp --permanent',
    '--new-zone=mine --permanent',
    '--reload',
    '--set-default-zone=mine',
  ]);
  await expect(call('get_sources', ['nowhere'])).rejects.toThrow('firewall-cmd failed: INVALID_ZONE: nowhere');
});
