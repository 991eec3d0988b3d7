import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { isTruthy } from '../kit/truth.ts';
import { payload, type BeaconDeclaration } from './beacon.ts';

interface Call {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** `salt_monitor` */
export const saltMonitor: BeaconDeclaration = {
  name: 'salt_monitor',
  summary: 'Calls execution functions and tells what they answer, unless that is nothing or false.',
  example: `salt_monitor:
  - salt_fun:
    - test.ping
    - disk.percent:
        args: [/]
    - file.contains:
        kwargs:
          - path: /etc/motd
          - text: maintenance
  - interval: 3600`,
  validate: (config) => faultOf(config.get('salt_fun') ?? null),
  create: (context) => ({
    async look(config) {
      const given = config.get('salt_fun') ?? null;
      if (typeof given === 'string') return [payload(['salt_fun', given], ['ret', await context.call(given, [])])];
      const events: Dict[] = [];
      for (const { fun, positional, keyword } of readCalls(given)) {
        const answer = await context.call(fun, positional, keyword);
        if (!isTruthy(answer)) continue;
        const event = payload(['salt_fun', fun], ['ret', answer]);
        if (positional.length > 0) event.set('args', [...positional]);
        if (keyword.size > 0) event.set('kwargs', keyword);
        events.push(event);
      }
      return events;
    },
  }),
};

function faultOf(given: Value): string | undefined {
  if (typeof given === 'string') return undefined;
  if (!Array.isArray(given)) return 'Configuration for salt_monitor beacon requires salt_fun.';
  return given.map(faultOfEntry).find((fault) => fault !== undefined);
}

function faultOfEntry(entry: Value): string | undefined {
  if (typeof entry === 'string') return undefined;
  if (!isDict(entry) || entry.size !== 1) return `${pythonStr(entry)} is not a function.`;
  const [[fun, settings]] = [...entry] as [[Value, Value]];
  if (settings === null) return undefined;
  if (!isDict(settings)) return `args and kwargs for fun ${pythonStr(fun)} must be a dictionary`;
  return [...settings]
    .map(([key, value]) => faultOfArguments(pythonStr(fun), pythonStr(key), value))
    .find((fault) => fault !== undefined);
}

function faultOfArguments(fun: string, key: string, value: Value): string | undefined {
  if (key === 'args') return Array.isArray(value) ? undefined : `args key for fun ${fun} must be list`;
  if (key !== 'kwargs') return `key ${key} not allowed under fun ${fun}`;
  if (!Array.isArray(value)) return `kwargs key for fun ${fun} must be list of key value pairs`;
  const wrong = value.find((pair) => !isDict(pair));
  return wrong === undefined ? undefined : `${pythonStr(wrong)} is not a key / value pair`;
}

function readCalls(given: Value): readonly Call[] {
  return (Array.isArray(given) ? given : []).map((entry) => {
    const [fun, settings] = isDict(entry) ? ([...entry][0] ?? ['', null]) : [entry, null];
    const listOf = (key: string): readonly Value[] => {
      const value = isDict(settings) ? settings.get(key) : undefined;
      return Array.isArray(value) ? value : [];
    };
    const pairs = listOf('kwargs').flatMap((pair) => (isDict(pair) ? [...pair] : []));
    return { fun: pythonStr(fun), positional: listOf('args'), keyword: new Map(pairs) };
  });
}
