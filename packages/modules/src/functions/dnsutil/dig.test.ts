import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const answers: Readonly<Record<string, string>> = {
  'www.example.org A': 'web.example.org.\n192.0.2.1\n192.0.2.2\n',
  'www.example.org AAAA': '2001:db8::1\n',
  'www.example.org CNAME': 'web.example.org.\n',
  '-x 192.0.2.1': 'web.example.org.\n',
  'example.org NS': 'ns1.example.org.\nns2.example.org.\n',
  'ns1.example.org. A': '192.0.2.53\n',
  'ns2.example.org. A': '',
  'example.org MX': '10 mx.example.org.\n',
  'mx.example.org. A @192.0.2.53': '192.0.2.25\n',
  'example.org MX @192.0.2.53': '10 mx.example.org.\n',
  'example.org TXT': '"v=spf1 -all"\n',
  'mail.org SPF': '',
  'mail.org TXT': '"v=spf1 ip4:192.0.2.0/24 include:other.org ~ip6:2001:db8::1 include:mail.org mx ip4:nothing -all"\n',
  'other.org SPF': '"v=spf1 redirect=third.org"\n',
  'third.org SPF': '"v=spf1 +ip4:198.51.100.1"\n',
};
const host = createFakeHost({
  programs: {
    dig: ([, ...words]) => answers[words.join(' ')] ?? { exitCode: 9, stderr: 'no servers could be reached' },
  },
});

it.each([
  ['dig.A', ['www.example.org'], ['192.0.2.1', '192.0.2.2']],
  ['dig.AAAA', ['www.example.org'], ['2001:db8::1']],
  ['dig.CNAME', ['www.example.org'], 'web.example.org.'],
  ['dig.PTR', ['192.0.2.1'], ['web.example.org.']],
  ['dig.NS', ['example.org'], ['192.0.2.53']],
  ['dig.NS', ['example.org', false], ['ns1.example.org.', 'ns2.example.org.']],
  ['dig.MX', ['example.org'], [['10', 'mx.example.org.']]],
  ['dig.MX', ['example.org', true, '192.0.2.53'], [['10', '192.0.2.25']]],
  ['dig.TXT', ['example.org'], ['"v=spf1 -all"']],
  ['dig.SPF', ['other.org'], ['198.51.100.1']],
  ['dig.SPF', ['example.org', 'TXT'], []],
  ['dig.A', ['unreachable.example.org'], []],
  ['dig.check_ip', ['192.0.2.0/24'], true],
  ['dig.check_ip', ['192.0.2.0/33'], false],
  ['dig.check_ip', ['2001:db8::/32'], true],
  ['dig.check_ip', ['web'], false],
])('%s of %j is %j', async (name, positional, answer) => {
  expect((await callScratch(name, { positional, host })).value).toEqual(answer);
});

it.each(['-f/etc/passwd', '@192.0.2.1', 'a b'])('refuses %j for a name', async (name) => {
  await expect(callScratch('dig.A', { positional: [name], host })).rejects.toThrow('must be a name or an address');
});

it('follows what SPF includes, and a domain that includes itself not for ever', async () => {
  const { value } = await callScratch('dig.SPF', { positional: ['mail.org'], host });
  expect((value as string[]).slice(0, 3)).toEqual(['192.0.2.0/24', '198.51.100.1', '2001:db8::1']);
  expect(new Set(value as string[])).toEqual(new Set(['192.0.2.0/24', '198.51.100.1', '2001:db8::1']));
});
