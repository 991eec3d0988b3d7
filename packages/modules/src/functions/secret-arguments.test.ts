import { parseArguments } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { canary, sightSecrets, type Mood } from '../../test-support/secret-probe.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { secretArguments } from '../kit/secret-arguments.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

/** Programs that can be told a secret in no other way, and functions that need a server of the network. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^argv: git .*remote (?:add|set-url) /, 'git.remote_set keeps the login in the URL, as Salt writes it'],
  [/^argv: unzip .*-P /, 'unzip takes its password in no other way'],
];

/** Without these the secret would mean nothing. */
const companions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  https_pass: { https_user: 'ann' },
  push_https_pass: { push_https_user: 'ann', push_url: 'https://git.example.org/app.git' },
};

const all = await Promise.all(Object.values(functionTable).map((load) => load()));

function secretsOf({ args }: FunctionDeclaration): readonly string[] {
  return [...secretArguments(args).keys()];
}

const withSecrets = all.filter((declaration) => secretsOf(declaration).length > 0);
let handed = 0;

interface Trial {
  readonly declaration: FunctionDeclaration;
  readonly example: string;
  readonly argument: string;
  readonly mood: Mood;
}

/** Runs an example of a function with the canary for one of its arguments. */
async function leaksOf({ declaration, example, argument, mood }: Trial): Promise<readonly string[]> {
  const { positional, keyword } = parseArguments(splitWords(example).slice(2));
  const kind = secretArguments(declaration.args).get(argument);
  const given = kind === 'whole' ? canary : `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`;
  const at = Object.keys(declaration.args.shape).indexOf(argument);
  const isByPosition = at < positional.length;
  const sightings = await sightSecrets(mood, ({ host, log, keepSecret }) => {
    const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64' };
    const signal = AbortSignal.timeout(10_000);
    const call = {
      table: { functions: functionTable },
      name: declaration.name,
      positional: isByPosition ? positional.with(at, given) : positional,
      keyword: isByPosition
        ? keyword
        : new Map([...keyword, [argument, given], ...Object.entries(companions[argument] ?? {})]),
      context: createScratchContext({ host, grains, context: { log, keepSecret, signal } }),
      isDirect: true,
    };
    return runFunction(call);
  });
  handed += sightings.handed;
  return sightings.leaks.filter((leak) => !known.some(([pattern]) => pattern.test(leak)));
}

describe.each(['well', 'complaining'] as const)('on a machine whose programs end %s, a secret', (mood) => {
  it.each(withSecrets.map((declaration) => [declaration.name, declaration] as const))(
    'that %s is given is seen nowhere',
    async (_name, declaration) => {
      for (const argument of secretsOf(declaration))
        for (const example of declaration.examples)
          expect(await leaksOf({ declaration, example, argument, mood }), argument).toEqual([]);
    },
  );
});

it('reaches the programs all the same', () => {
  expect(handed).toBeGreaterThan(100);
});
