import { toValue, type Dict, type Plain, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyValue, optional, text } from './arguments.ts';
import { bindFunctionArguments, secretsOfCall } from './bind-function-arguments.ts';
import { describeArguments } from './describe-arguments.ts';
import { secret, secretTexts } from './secret-arguments.ts';

const args = z.object({
  name: text().describe('Its name.'),
  password: secret(optional(anyValue())).describe('Its password.'),
  key: secret(optional(text()), 'key material').describe('A path or PEM.'),
});
const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';

describe('secretTexts', () => {
  it.each<[string, Record<string, Plain>, readonly string[]]>([
    ['a text', { name: 'ann', password: 'tr0ub4dor\n' }, ['tr0ub4dor']],
    ['a number', { name: 'ann', password: 12345678 }, ['12345678']],
    ['texts in lists and dicts', { password: [{ x: 'horse-battery' }] }, ['horse-battery']],
    ['a key', { key: pem }, [pem]],
    ['no path of a key', { key: '/etc/pki/my.key' }, []],
    ['no text that another argument tells', { name: 'vagrant', password: 'vagrant' }, []],
    ['a password in an address', { name: 'https://ann:tr0ub%204dor@h/' }, ['tr0ub%204dor', 'tr0ub 4dor']],
    [
      'a variable that sounds secret',
      { env: [{ DB_PASSWORD: 'horse-battery', HOME: '/home/ann' }] },
      ['horse-battery'],
    ],
    ['a variable as a line', { environment: ['API_TOKEN=tr0ub4dor', 'LANG=C.UTF-8'] }, ['tr0ub4dor']],
    [
      'headers, with and without their scheme',
      { header_dict: { Authorization: 'Bearer tr0ub4dor', Accept: 'text/plain' } },
      ['Bearer tr0ub4dor', 'tr0ub4dor'],
    ],
    ['headers as lines', { header_list: ['X-Vault-Token: tr0ub4dor', 'Accept: text/plain'] }, ['tr0ub4dor']],
    ['fields of a query', { params: 'user=annette&token=tr0ub4dor' }, ['tr0ub4dor']],
    ['no member of other arguments', { context: { password: 'tr0ub4dor' } }, []],
    ['no text that is found anywhere', { password: 'x' }, []],
  ])('finds %s', (_what, given, found) => {
    expect(secretTexts(args, toValue(given) as Dict)).toEqual(found);
  });
});

describe('a call with secrets', () => {
  const declaration = { name: 'x.y', args };

  it('has them by position and by name', () => {
    expect(secretsOfCall(declaration, ['ann', 'tr0ub4dor'], new Map())).toEqual(['tr0ub4dor']);
    expect(secretsOfCall(declaration, ['ann'], new Map([['password', 'tr0ub4dor']]))).toEqual(['tr0ub4dor']);
  });

  it('is refused without what was nearly one', () => {
    const given = new Map<Value, Value>([
      ['pasword', 'tr0ub4dor'],
      ['other', 1],
    ]);
    expect(() => bindFunctionArguments(declaration, ['ann'], given)).toThrow(
      "The following keyword arguments are not valid: pasword=…, other=1 (did you mean 'password'?)",
    );
  });
});

it('says in the reference what is never shown', () => {
  expect(describeArguments(args).map(({ description }) => description)).toEqual([
    'Its name.',
    'Its password. Never shown.',
    'A path or PEM. A key itself is never shown.',
  ]);
});
