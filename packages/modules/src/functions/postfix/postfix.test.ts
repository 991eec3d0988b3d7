import { toValue } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const path = '/etc/postfix/main.cf';

it('reads and sets values of main.cf, over several lines', async () => {
  const host = createFakeHost({
    files: { [path]: '# mynetworks = none\nmynetworks = 127.0.0.0/8,\n  10.0.0.0/8\nrelayhost =\n' },
  });
  const call = async (name: string, positional: string[] = []) => (await callScratch(name, { positional, host })).value;
  expect(await call('postfix.show_main')).toEqual(toValue({ mynetworks: '127.0.0.0/8,\n  10.0.0.0/8', relayhost: '' }));
  expect(await call('postfix.set_main', ['mynetworks', '127.0.0.0/8'])).toEqual([
    '# mynetworks = none',
    'mynetworks = 127.0.0.0/8',
    'relayhost =',
  ]);
  await call('postfix.set_main', ['myhostname', 'mail.example']);
  expect(Buffer.from((await host.files.read(path)) ?? '').toString()).toBe(
    '# mynetworks = none\nmynetworks = 127.0.0.0/8\nrelayhost =\nmyhostname = mail.example\n',
  );
  await expect(call('postfix.set_main', ['a=b', 'x'])).rejects.toThrow('must be the name of a setting');
});
