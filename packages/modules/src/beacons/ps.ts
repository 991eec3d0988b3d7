import path from 'node:path';
import { isDict, pythonStr, type Value } from '@brine/common';
import { mappingOf, payload, readText, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** `ps` */
export const ps: BeaconDeclaration = {
  name: 'ps',
  summary: 'Tells that a process runs (`running`), or that it does not (`stopped`).',
  example: `ps:
  - processes:
      salt-master: running
      mysql: stopped`,
  validate(config) {
    if (!config.has('processes')) return 'Configuration for ps beacon requires processes.';
    return isDict(config.get('processes') ?? null) ? undefined : 'Processes for ps beacon must be a dictionary.';
  },
  create: (context) => ({
    async look(config) {
      const names = await processNames(context);
      return [...mappingOf(config, 'processes')].flatMap(([name, wanted]) => {
        const told = tell(names.has(pythonStr(name)), wanted);
        return told === undefined ? [] : [payload([pythonStr(name), told])];
      });
    },
  }),
};

function tell(runs: boolean, wanted: Value): Value | undefined {
  if (wanted === 'running') return runs ? 'Running' : undefined;
  if (runs) return undefined;
  return wanted === 'stopped' ? 'Stopped' : false;
}

// The kernel keeps so many characters of a name.
const keptLength = 15;

async function processNames(context: BeaconContext): Promise<ReadonlySet<string>> {
  const numbers = ((await context.host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
  const names = new Set<string>();
  for (const number of numbers) {
    const name = (await readText(context, `/proc/${number}/comm`)).trimEnd();
    const long = name.length < keptLength ? '' : await programName(context, number);
    names.add(long.startsWith(name) ? long || name : name);
  }
  return names;
}

async function programName(context: BeaconContext, number: string): Promise<string> {
  return path.basename((await readText(context, `/proc/${number}/cmdline`)).split('\0')[0] ?? '');
}
