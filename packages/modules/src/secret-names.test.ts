import { soundsSecret } from '@brine/common';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { functionTable } from './functions/table.ts';
import { secretArguments, secretKindOf } from './kit/index.ts';
import { secretNames, secretPositions } from './kit/secret-positions.ts';
import { stateTable } from './states/table.ts';

/** Words that an argument is asked about as well, beside those that sound secret wherever they stand. */
const mayBeSecret = /(^|_)auth$|identity|^sk$|^key_?(data|contents?|text)$|(^|_)pass($|_)|token|secret|credential/i;

/** Arguments that sound secret and are not, with what they are. */
const open: readonly (readonly [RegExp, string])[] = [
  [/^gpg\.\S+ (secret|delete_secret|use_passphrase)$/, 'true or false'],
  [/ (encrypted|refresh_password|return_password|allow_passwordless|passwordless)$/, 'true or false'],
  [/ (password_hashed|enforce_password|hash_password|empty_password|redact_auth)$/, 'true or false'],
  [/^(git|hg)\.\S+ identity$/, 'paths of files'],
  [/^(postgres_initdb\.present|postgres\.datadir_init) auth$/, 'the name of a method'],
  [/^http\.query cookies$/, 'true or false'],
  [/^disk\.blkid token$/, 'a pair such as TYPE=ext4'],
  [/^mount\.\S+ (fs_passno|pass_num)$/, 'the order of checks'],
  [/^acme\.cert dns_plugin_credentials$/, 'the path of a file'],
  [/^(pkgrepo\.managed|pkg\.mod_repo) key_text$/, 'a public key'],
  [/^x509\.encode_private_key private_key$/, 'what the function answers, in another form'],
];

const states = await Promise.all(Object.values(stateTable).map((load) => load()));
const functions = await Promise.all(Object.values(functionTable).map((load) => load()));

function soundingSecret(): readonly { readonly place: string; readonly member: z.ZodType }[] {
  return [...states, ...functions].flatMap(({ name, args }) =>
    Object.entries(args.shape as Record<string, z.ZodType>)
      .filter(([argument]) => soundsSecret(argument) || mayBeSecret.test(argument))
      .map(([argument, member]) => ({ place: `${name} ${argument}`, member })),
  );
}

describe('arguments whose names say that they are secret', () => {
  it('are declared so, or say here what they are instead', () => {
    const places = soundingSecret();
    const undeclared = places.filter(({ member }) => secretKindOf(member) === undefined).map(({ place }) => place);
    expect(undeclared.filter((place) => !open.some(([pattern]) => pattern.test(place)))).toEqual([]);
    expect(places.length - undeclared.length).toBeGreaterThan(200);
  });

  it('are no more excused than there are', () => {
    const places = soundingSecret().map(({ place }) => place);
    expect(open.filter(([pattern]) => !places.some((place) => pattern.test(place)))).toEqual([]);
  });
});

describe('what tells of calls without their declarations', () => {
  it('knows where functions take secrets by position', () => {
    const places = functions.map(({ name, args, variadic, keywords }) => {
      const members = Object.keys(args.shape).filter((member) => member !== keywords);
      const positional = variadic === undefined ? members : members.slice(0, members.indexOf(variadic));
      const secrets = secretArguments(args);
      return [name, positional.flatMap((member, index) => (secrets.has(member) ? [index] : []))] as const;
    });
    expect(secretPositions).toEqual(Object.fromEntries(places.filter(([, indexes]) => indexes.length > 0)));
  });

  it('knows the names of secrets, but those that mean something else elsewhere', () => {
    const names = new Set([...states, ...functions].flatMap(({ args }) => [...secretArguments(args).keys()]));
    expect([...names].filter((name) => !secretNames.has(name)).toSorted()).toEqual(['auth', 'data', 'key']);
    expect([...secretNames].filter((name) => !names.has(name))).toEqual([]);
  });
});
