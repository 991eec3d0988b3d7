import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  givenValue,
  isOk,
  text,
  willChange,
  withDefault,
} from '../../kit/index.ts';

const settled = 'already set with the correct values';

/** `environ.setenv` */
export const setenv = defineState({
  name: 'environ.setenv',
  summary: 'Sets variables of the running process, for the commands of later steps.',
  args: z.object({
    name: text().describe('The variable, unless value is a dict.'),
    value: givenValue().describe('Its value, false for none; or a dict of variables.'),
    false_unsets: withDefault(flag(), false).describe('Whether false removes a variable in place of emptying it.'),
    clear_all: withDefault(flag(), false).describe('Whether all other variables are removed.'),
    update_minion: withDefault(flag(), false).describe('Accepted for compatibility.'),
    permanent: withDefault(anyValue(), false).describe('Means something on Windows only.'),
  }),
  examples: [
    `http_proxy:
  environ.setenv:
    - value: http://proxy.example.net:3128`,
  ],
  async check({ name, value, false_unsets: unsets, clear_all: clears }, { host }) {
    if (typeof value !== 'string' && value !== false && !isDict(value))
      return fails('Environ value must be string, dict or False');
    const wanted = isDict(value) ? [...value] : [[name, value] as [Value, Value]];
    const named = new Map(
      wanted.map(([key, item]) => [pythonStr(key), item === false ? (unsets ? null : '') : pythonStr(item)] as const),
    );
    const others = clears ? host.environmentNames().filter((key) => !named.has(key)) : [];
    const changed = [...named, ...others.map((key) => [key, null] as const)].filter(
      ([key, item]) =>
        (host.environment(key) ?? null) !== item && !(item === '' && host.environment(key) === undefined),
    );
    const bad = changed.find(([key]) => !/^[^=\0]+$/.test(key));
    if (bad !== undefined) return fails(`The name ${bad[0]} cannot be that of a variable`);
    if (changed.length === 0)
      return { ...isOk(`Environ values were ${settled}`), foretoldComment: `Environ values are ${settled}` };
    const changes = Object.fromEntries(changed);
    return willChange({ comment: 'Environ values will be changed', changes }, async (machine) => {
      for (const [key, item] of changed) machine.setEnvironment(key, item);
      return { comment: 'Environ values were set', changes };
    });
  },
});
