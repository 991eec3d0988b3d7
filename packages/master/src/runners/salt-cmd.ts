import { pythonStr, type Value } from '@brine/common';
import { functionTable } from '@brine/modules';
import { anyValue, dict, flag, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `salt.cmd` */
export const command = defineRunner({
  name: 'salt.cmd',
  summary: "Runs an execution function on the master's machine, with the master's configuration, files and pillar.",
  args: z.object({
    fun: text().describe('The function.'),
    args: anyValue().describe('Its positional arguments.'),
    with_pillar: withDefault(flag(), false).describe(
      'Whether the function sees the pillar of the id of the master. `pillar.items` and states do in any case.',
    ),
    kwargs: dict().describe('Its arguments by name; those that begin with `__` are left out.'),
  }),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ['salt.cmd test.ping', 'salt.cmd test.arg 1 2 3 a=1', 'salt.cmd pillar.get role with_pillar=True'],
  async run({ fun, args, with_pillar: withPillar, kwargs }, { localCalls, caller, setRetcode }) {
    if (!Object.hasOwn(functionTable, fun)) {
      setRetcode(1);
      return `'${fun}' is not available.`;
    }
    const positional = Array.isArray(args) ? args : [];
    const keyword = new Map<Value, Value>([...kwargs].filter(([name]) => !pythonStr(name).startsWith('__')));
    const { value, retcode } = await localCalls.run({ fun, positional, keyword, withPillar, user: caller.user });
    setRetcode(retcode);
    return value;
  },
});
