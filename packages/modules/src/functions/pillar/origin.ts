import { traverse, type Plain, type SourceSpan } from '@brine/common';
import { z } from 'zod';
import { text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const refreshPillar = defineFunction({
  name: 'pillar.refresh_pillar',
  summary: 'Compiles the pillar anew and answers its version; equal pillars have equal versions.',
  args: z.object({}),
  examples: ["'*' pillar.refresh_pillar"],
  run: (_args, { pillarSource }) => pillarSource.refresh(),
});

export const version = defineFunction({
  name: 'pillar.version',
  summary: 'The version of the pillar this call works with; equal pillars have equal versions.',
  args: z.object({}),
  examples: ["'*' pillar.version"],
  run: (_args, { pillarSource }) => pillarSource.version() ?? null,
});

export const why = defineFunction({
  name: 'pillar.why',
  summary: 'Which file and line set a pillar value, and what that one went over.',
  args: z.object({
    key: text().describe('Name, or path with colons.'),
    delimiter: withDefault(text(), ':').describe('What parts the steps of a path.'),
  }),
  examples: ["'*' pillar.why app:database:port"],
  async run({ key, delimiter }, { pillar, pillarSource }) {
    const found = traverse(pillar, key, delimiter);
    const places = await pillarSource.originsOf(key.split(delimiter));
    const last = places.at(-1);
    if (found === undefined && last === undefined) throw failure(`Pillar key not found: ${key}`);
    return {
      key,
      value: found ?? null,
      set_at: last === undefined ? null : showPlace(last),
      over: places.slice(0, -1).toReversed().map(showPlace),
      version: pillarSource.version() ?? null,
    };
  },
});

// Sources beside the files have a name and no lines.
function showPlace({ file, line }: SourceSpan): Plain {
  return file.startsWith('ext_pillar ') ? file : `${file}:${line}`;
}
