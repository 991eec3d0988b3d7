import { pythonStr, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { commaList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const grain = 'state_runs_disabled';
const states = commaList().describe('Names of SLS files, `highstate`, or `NAME.*`.');

export const disable = defineFunction({
  name: 'state.disable',
  summary: 'Turns states off: a run that asks for them is refused.',
  args: z.object({ states }),
  examples: ["'*' state.disable highstate", "'*' state.disable bind.config"],
  run: ({ states: wanted }, context) =>
    change(context, wanted, (disabled, name) => {
      if (disabled.has(name)) return `Info: ${name} state already disabled.`;
      disabled.add(name);
      return `Info: ${name} state disabled.`;
    }),
});

export const enable = defineFunction({
  name: 'state.enable',
  summary: 'Turns states on again.',
  args: z.object({ states }),
  examples: ["'*' state.enable highstate", "'*' state.enable bind.config"],
  run: ({ states: wanted }, context) =>
    change(context, wanted, (disabled, name) =>
      disabled.delete(name) ? `Info: ${name} state enabled.` : `Info: ${name} state already enabled.`,
    ),
});

export const listDisabled = defineFunction({
  name: 'state.list_disabled',
  summary: 'The states that are turned off; an empty text when there is none.',
  args: z.object({}),
  examples: ["'*' state.list_disabled"],
  run: (_args, { grains }) => grains.get(grain) ?? '',
});

async function change(
  context: FunctionContext,
  wanted: readonly string[],
  step: (disabled: Set<string>, name: string) => string,
): Promise<Plain> {
  const disabled = new Set(listed(context.grains));
  const before = [...disabled];
  const messages = wanted.map((name) => step(disabled, name));
  if (disabled.size !== before.length) await context.call('grains.setval', [grain, [...disabled]]);
  return { res: true, msg: messages.join('\n') };
}

function listed(grains: Dict): readonly string[] {
  const disabled = grains.get(grain);
  return Array.isArray(disabled) ? disabled.map(pythonStr) : [];
}
