import { toValue, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost, type FakeProgram } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

// What augtool 1.14 prints for these lines.
const said: Readonly<Record<string, string>> = {
  'match "/files/etc/hosts/1/ipaddr"': '/files/etc/hosts/1/ipaddr = 127.0.0.1\n',
  'match "/files/etc/hosts/none"': '  (no matches)\n',
  'ls "/files/etc/hosts"': '1/ = (none)\n2/ = (none)\n',
  'print "/files/etc/hosts/1"':
    '/files/etc/hosts/1\n/files/etc/hosts/1/ipaddr = "127.0.0.1"\n/files/etc/hosts/1/canonical = "a \\"b\\""\n',
  'rm "/files/etc/hosts/2"\nsave': 'rm : /files/etc/hosts/2 3\nSaved 1 file(s)\n',
  'set "/files/etc/hosts/1/canonical" "web"\nsave': 'Saved 1 file(s)\n',
};

const augtool: FakeProgram = (_args, _host, request) => {
  const answer = said[String(request.input).trim()];
  return answer ?? { exitCode: 1, stderr: 'error: Failed to execute command\nunmatched [' };
};

function machine(): FakeHost {
  return createFakeHost({ programs: { augtool } });
}

async function call(name: string, positional: Plain[], keyword: Record<string, Plain> = {}) {
  return (await callScratch(`augeas.${name}`, { host: machine(), positional, keyword })).value;
}

describe('functions of augeas', () => {
  it('tell values, children and whole trees', async () => {
    expect(await call('get', ['/files/etc/hosts/1/', 'ipaddr'])).toEqual(
      toValue({ '/files/etc/hosts/1/ipaddr': '127.0.0.1' }),
    );
    expect(await call('get', ['/files/etc/hosts/none'])).toEqual(toValue({ '/files/etc/hosts/none': '' }));
    expect(await call('match', ['/files/etc/hosts/1/ipaddr', '1.1.1.1'])).toEqual(toValue({}));
    expect(await call('match', ['/files[['])).toEqual(toValue({}));
    expect(await call('ls', ['/files/etc/hosts'])).toEqual(toValue({ '1/': null, '2/': null }));
    expect(await call('tree', ['/files/etc/hosts/1/'])).toEqual(
      toValue({
        '/files/etc/hosts/1': null,
        '/files/etc/hosts/1/ipaddr': '127.0.0.1',
        '/files/etc/hosts/1/canonical': 'a "b"',
      }),
    );
  });

  it('change files, and say why they could not', async () => {
    expect(await call('setvalue', ['prefix=/files/etc/hosts/', '1/canonical', 'web'])).toEqual(
      toValue({ retval: true }),
    );
    expect(await call('remove', ['/files/etc/hosts/2'])).toEqual(toValue({ retval: true, count: 3 }));
    expect(await call('execute', ['/files/etc/hosts'], { commands: ['set 1/canonical web'] })).toEqual(
      toValue({ retval: true }),
    );
    expect(await call('execute', ['/files/etc/hosts'], { commands: ['bogus x'] })).toEqual(
      toValue({ retval: false, error: 'Command bogus is not supported (yet)' }),
    );
    expect(await call('remove', ['/files[['])).toEqual(
      toValue({ retval: false, error: 'Error: unmatched [', count: 0 }),
    );
    await expect(call('setvalue', ['/files/a'])).rejects.toThrow('Uneven number of path/value arguments');
    await expect(call('setvalue', ['/files/a', 'b\nsave'])).rejects.toThrow('stand on one line');
  });
});
