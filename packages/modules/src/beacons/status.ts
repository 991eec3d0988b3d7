import { AppError, isDict, pythonStr, stampOf, type Dict, type Value } from '@brine/common';
import { payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

const standard: readonly string[] = ['loadavg', 'cpustats', 'meminfo', 'vmstats', 'time'];

/** `status` */
export const status: BeaconDeclaration = {
  name: 'status',
  summary: 'Tells what functions of `status` answer, whole or in parts.',
  example: `status:
  - time: [all]
  - loadavg: [1-min, 5-min]
  - interval: 60`,
  validate: () => undefined,
  create: (context) => ({
    async look(config) {
      const wanted: Dict = config.size > 0 ? config : new Map(standard.map((name) => [name, ['all']]));
      const told: Dict = new Map();
      for (const [name, parts] of wanted) told.set(name, await ask(context, pythonStr(name), parts));
      const tag = stampOf(context.now());
      return [payload(['tag', tag], ['data', told])];
    },
  }),
};

async function ask(context: BeaconContext, name: string, parts: Value): Promise<Value> {
  try {
    return pick(await context.call(`status.${name}`, []), Array.isArray(parts) ? parts : [parts]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.log.debug('a function of the status beacon failed', { name, error });
    return new Map();
  }
}

function pick(answer: Value, parts: readonly Value[]): Value {
  const picked: Dict = new Map();
  for (const part of parts) {
    if (part === 'all') return answer;
    const found = partOf(answer, part);
    if (found === undefined) return `Status beacon is incorrectly configured: '${pythonStr(part)}'`;
    picked.set(part, found);
  }
  return picked;
}

function partOf(answer: Value, part: Value): Value | undefined {
  if (isDict(answer)) return answer.get(part);
  if (Array.isArray(answer)) return answer[Number(part)];
  return typeof answer === 'string' ? answer[Number(part)] : undefined;
}
