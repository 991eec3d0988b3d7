import type { Dict, JobCall, Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { hideSecretArguments } from './hide-secret-arguments.ts';

const dict = (given: Readonly<Record<string, Value>>): Dict => new Map(Object.entries(given));
const call = (fun: string, positional: readonly Value[], keyword: Readonly<Record<string, Value>> = {}): JobCall => ({
  ...{ fun, positional },
  keyword: dict(keyword),
});
const mask = '**********';
const inPillar = (password: string): Dict => dict({ db: dict({ password, host: 'y' }) });

describe('hideSecretArguments', () => {
  it.each<[string, JobCall, JobCall]>([
    ['by position', call('shadow.set_password', ['root', '$6$x']), call('shadow.set_password', ['root', mask])],
    [
      'by name',
      call('user.add', ['ann'], { password: 'x', shell: 'y' }),
      call('user.add', ['ann'], { password: mask, shell: 'y' }),
    ],
    [
      'in what a state is given',
      call('state.single', ['mysql_user.present', dict({ password: 'x' })], { pillar: inPillar('x') }),
      call('state.single', ['mysql_user.present', dict({ password: mask })], { pillar: inPillar(mask) }),
    ],
    [
      'in what a login of http.query is given',
      call('http.query', ['http://x'], { auth: ['ann', 'x'] }),
      call('http.query', ['http://x'], { auth: mask }),
    ],
    [
      'that only sound so, within arguments',
      call('http.query', ['http://x'], { header_dict: dict({ Authorization: 'Bearer x', Accept: 'y' }) }),
      call('http.query', ['http://x'], { header_dict: dict({ Authorization: mask, Accept: 'y' }) }),
    ],
    [
      'of services in pillar',
      call('state.apply', [], {
        pillar: dict({ db_passwd: 'x', api: dict({ token: 'x', tokens_per_hour: 3 }), sudo: dict({ nopasswd: true }) }),
      }),
      call('state.apply', [], {
        pillar: dict({
          db_passwd: mask,
          api: dict({ token: mask, tokens_per_hour: 3 }),
          sudo: dict({ nopasswd: true }),
        }),
      }),
    ],
    [
      'of the function that salt.cmd calls',
      call('salt.cmd', ['shadow.set_password', 'root', 'x']),
      call('salt.cmd', ['shadow.set_password', 'root', mask]),
    ],
    [
      'but no path of a key',
      call('x509.get_public_key', [], { private_key: '/k' }),
      call('x509.get_public_key', [], { private_key: '/k' }),
    ],
    [
      'in addresses, queries, variables and lines of headers',
      call('git.clone', ['https://ann:tr0ub4dor@h/x'], { env: ['DB_PASSWORD=x', 'A=b'], params: 'token=x&a=b' }),
      call('git.clone', [`https://ann:${mask}@h/x`], { env: [`DB_PASSWORD=${mask}`, 'A=b'], params: `token=${mask}` }),
    ],
    [
      'and nothing else',
      call('cmd.run', ['echo password'], { cwd: '/' }),
      call('cmd.run', ['echo password'], { cwd: '/' }),
    ],
  ])('masks secrets %s', (_where, given, shown) => {
    expect(hideSecretArguments(given)).toEqual(shown);
  });
});
