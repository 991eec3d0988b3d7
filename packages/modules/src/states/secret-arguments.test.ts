import { createFakeHost, createStateContext } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import type { Value } from '@brine/common';
import { chunkOf } from '../../test-support/example-chunk.ts';
import { canary, sightSecrets, type Mood } from '../../test-support/secret-probe.ts';
import { bindStateArguments, secretArguments, secretTexts, type StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

const known: readonly (readonly [RegExp, string])[] = [
  [/^argv: unzip .*-P /, 'unzip takes its password in no other way'],
];

/** Without these the secret would mean nothing. */
const companions: Readonly<Record<string, Readonly<Record<string, string>>>> = { https_pass: { https_user: 'ann' } };

const all = await Promise.all(Object.values(stateTable).map((load) => load()));

function secretsOf({ args }: StateDeclaration): readonly string[] {
  return [...secretArguments(args).keys()];
}

const withSecrets = all.filter((declaration) => secretsOf(declaration).length > 0);
let handed = 0;

async function leaksOf(declaration: StateDeclaration, argument: string, mood: Mood): Promise<readonly string[]> {
  const kind = secretArguments(declaration.args).get(argument);
  const given = kind === 'whole' ? canary : `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`;
  const chunk = new Map<Value, Value>([
    ...chunkOf(declaration),
    [argument, given],
    ...Object.entries(companions[argument] ?? {}),
  ]);
  const sightings = await sightSecrets(mood, async ({ host, log, keepSecret }) => {
    for (const text of secretTexts(declaration.args, chunk)) await keepSecret(text);
    const { args, unknown } = bindStateArguments(declaration, chunk);
    const surroundings = { grains: { os_family: 'Debian', os: 'Debian', osarch: 'amd64' } };
    const context = await createStateContext(createFakeHost(), declaration.name, surroundings);
    const outcome = await declaration.check(args, { ...context, host, log, keepSecret, unknownArguments: unknown });
    if (outcome.kind !== 'change') return outcome;
    return [outcome.pending, await outcome.apply(host)];
  });
  handed += sightings.handed;
  return sightings.leaks.filter((leak) => !known.some(([pattern]) => pattern.test(leak)));
}

describe.each(['well', 'complaining'] as const)('on a machine whose programs end %s, a secret', (mood) => {
  it.each(withSecrets.map((declaration) => [declaration.name, declaration] as const))(
    'that %s is given is seen nowhere',
    async (_name, declaration) => {
      for (const argument of secretsOf(declaration))
        expect(await leaksOf(declaration, argument, mood), argument).toEqual([]);
    },
  );
});

it('reaches the programs all the same', () => {
  expect(handed).toBeGreaterThan(50);
});
