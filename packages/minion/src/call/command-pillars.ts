import { AppError, isDict, loadJson, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import type { Host } from '@brine/modules/kit';
import type { ExternalPillar, ExternalPillarRequest } from '@brine/sls';

const timeoutMilliseconds = 60_000;

/** External pillars that are the output of a command; `%s` in its line stands for the minion's id. */
export function createCommandPillars(host: Host): readonly ExternalPillar[] {
  return [commandPillar(host, 'cmd_yaml', (text) => loadYaml(text).value), commandPillar(host, 'cmd_json', loadJson)];
}

function commandPillar(host: Host, name: string, read: (text: string) => Value): ExternalPillar {
  return {
    name,
    load: async ({ minionId, configuration }: ExternalPillarRequest): Promise<Dict | undefined> => {
      const line = pythonStr(configuration).replaceAll('%s', minionId);
      const result = await host.run({ command: { line, shell: '/bin/sh' }, timeout: timeoutMilliseconds });
      if (result.exitCode !== 0) throw failed(`its command ended with exit status ${result.exitCode}`);
      const value = read(result.stdout);
      if (value === null) return undefined;
      if (!isDict(value)) throw failed('its command did not write a mapping');
      return value;
    },
  };
}

function failed(message: string): AppError {
  return new AppError({ code: 'pillar-failed', message });
}
