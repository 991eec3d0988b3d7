import { isDict, loadJson, pythonStr, type Value } from '@brine/common';
import { isFalsy } from '../../renderers/render-yaml.ts';
import { loadYamlex } from '../../renderers/render-yamlex.ts';
import type { ExternalPillar } from '../external-pillar.ts';
import type { ExternalPillarPorts } from './external-pillar-ports.ts';
import { loadLenientYaml } from './load-lenient-yaml.ts';
import { pillarOf } from './pillar-of.ts';
import { readSourceArguments } from './source-arguments.ts';
import { sourceFault } from './source-fault.ts';

const timeoutSeconds = 60;

interface CommandKind {
  readonly name: string;
  /** Whether a shell reads the line. Salt has one for `cmd_yaml` only, and commands are written accordingly. */
  readonly usesShell: boolean;
  readonly read: (output: string) => Value;
}

/** `cmd_yaml`, `cmd_json` and `cmd_yamlex`: what a command prints; `%s` in its line stands for the minion's id. */
export function createCommandPillars({ renderer, template }: ExternalPillarPorts): readonly ExternalPillar[] {
  const aggregates = renderer.aggregates ?? new WeakSet();
  const kinds: readonly CommandKind[] = [
    { name: 'cmd_yaml', usesShell: true, read: (output) => loadLenientYaml(output) },
    { name: 'cmd_json', usesShell: false, read: loadJson },
    { name: 'cmd_yamlex', usesShell: false, read: (output) => loadYamlex(output, { aggregates }).value },
  ];
  return kinds.map((kind) => ({
    name: kind.name,
    async load({ minionId, configuration }) {
      const line = readSourceArguments(configuration, ['command']).requiredText('command');
      const output = await run(line.replaceAll('%s', minionId), kind, template.call);
      return pillarOf(kind.read(output), 'its command printed');
    },
  }));
}

async function run(
  line: string,
  { usesShell }: CommandKind,
  call: ExternalPillarPorts['template']['call'],
): Promise<string> {
  const keyword = new Map<Value, Value>([
    ['python_shell', usesShell],
    ['timeout', timeoutSeconds],
    ['ignore_retcode', true],
    ['output_loglevel', 'quiet'],
  ]);
  const answer = await call('cmd.run_all', [line], keyword);
  const said = (name: string): string => {
    const text = isDict(answer) ? answer.get(name) : undefined;
    return typeof text === 'string' ? text.trim() : '';
  };
  const status = isDict(answer) ? (answer.get('retcode') ?? null) : null;
  if (isFalsy(status)) return said('stdout');
  const timedOut = said('stdout').endsWith(`Timed out after ${timeoutSeconds} seconds`);
  if (timedOut) throw sourceFault(`its command did not end within ${timeoutSeconds} seconds`);
  const reason = said('stderr').split('\n', 1)[0] ?? '';
  throw sourceFault(`its command ended with exit status ${pythonStr(status)}${reason === '' ? '' : `: ${reason}`}`);
}
