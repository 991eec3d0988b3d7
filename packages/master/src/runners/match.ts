import { text, withDefault } from '@brine/modules/kit';
import type { Target } from '@brine/common';
import { z } from 'zod';
import { defineRunner, type RunnerDeclaration } from './define-runner.ts';

const kinds: readonly (readonly [name: string, type: Target['type'], example: string])[] = [
  ['glob', 'glob', "'web*'"],
  ['pcre', 'pcre', "'web[0-9]+'"],
  ['list', 'list', 'web1,web2'],
  ['grain', 'grain', 'os:Debian'],
  ['grain_pcre', 'grain_pcre', "'os:(Debian|Ubuntu)'"],
  ['pillar', 'pillar', 'role:web'],
  ['pillar_pcre', 'pillar_pcre', "'role:(web|db)'"],
  ['ipcidr', 'ipcidr', '10.0.0.0/8'],
  ['nodegroup', 'nodegroup', 'front'],
  ['compound', 'compound', "'G@os:Debian and not web1'"],
];

/** `match.glob` and its kin: whom a target means, without running anything. */
export const matchRunners: readonly RunnerDeclaration[] = kinds.map(([name, type, example]) =>
  defineRunner({
    name: `match.${name}`,
    summary: `The accepted minions that a target means (\`${type}\`), as the master knows them; nothing is run.`,
    args: z.object({
      tgt: text().describe('The target.'),
      delimiter: withDefault(text(), ':').describe('What parts the keys of grain and pillar targets.'),
    }),
    examples: [`match.${name} ${example}`],
    run: ({ tgt, delimiter }, { dispatcher, access, caller }) => {
      const target = { type, expression: tgt, ...(delimiter === ':' ? {} : { delimiter }) };
      return [...dispatcher.resolve(access.targetFor(target, caller))];
    },
  }),
);
