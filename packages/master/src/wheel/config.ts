import { AppError, dumpYaml, isDict, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import { loadConfig } from '@brine/common/schemas';
import { anyValue, text } from '@brine/modules/kit';
import { z } from 'zod';
import { readConfigText, resolveConfigFile } from './config-file-store.ts';
import { defineWheel } from './define-wheel.ts';
import { maskSecrets } from './mask-secrets.ts';

/** `config.values` */
export const showValues = defineWheel({
  name: 'config.values',
  summary: "The master's configuration; what is secret in it is masked.",
  args: z.object({}),
  example: '{"fun": "config.values"}',
  run: (_args, { options }) => maskSecrets(options),
});

/** `config.apply` */
export const applyKey = defineWheel({
  name: 'config.apply',
  summary: "Sets a key in the master's configuration file, whose comments are lost. It counts from the next start on.",
  args: z.object({ key: text().describe('A key of the configuration.'), value: anyValue().describe('Its value.') }),
  example: '{"fun": "config.apply", "key": "timeout", "value": 10}',
  async run({ key, value }, { configDirectory, writers }) {
    const file = resolveConfigFile(configDirectory, 'master');
    const values = readDict(await readConfigText(file));
    values.set(key, value);
    requireUsable(configDirectory, { [key]: value });
    await writers.writeConfig(file, dumpYaml(values));
    return null;
  },
});

/** `config.update_config` */
export const updateFile = defineWheel({
  name: 'config.update_config',
  summary:
    'Writes a file of configuration beside those that `default_include` names. It counts from the next start on.',
  args: z.object({
    file_name: text().describe('The name of the file, without `.conf`.'),
    yaml_contents: anyValue().describe('A mapping of keys to values.'),
  }),
  example: '{"fun": "config.update_config", "file_name": "gui", "yaml_contents": {"timeout": 10}}',
  async run({ file_name: name, yaml_contents: contents }, { options, configDirectory, writers }) {
    if (!/^\w[\w.-]*$/.test(name)) return 'Invalid path';
    if (!isDict(contents)) throw new AppError({ code: 'wheel-failed', message: 'yaml_contents has to be a mapping' });
    const include = pythonStr(options.get('default_include') ?? 'master.d/*.conf');
    const folder = include.includes('/') ? include.slice(0, include.lastIndexOf('/')) : '.';
    requireUsable(configDirectory, Object.fromEntries([...contents].map(([key, value]) => [pythonStr(key), value])));
    await writers.writeConfig(resolveConfigFile(configDirectory, `${folder}/${name}.conf`), dumpYaml(contents));
    return `Wrote ${name}.conf`;
  },
});

/** What would keep the master from starting is refused before it is written. */
function requireUsable(configDirectory: string, overrides: Readonly<Record<string, Value>>): void {
  loadConfig('master', { configDir: configDirectory, overrides });
}

function readDict(content: string): Dict {
  const { value } = loadYaml(content);
  return isDict(value) ? value : new Map<Value, Value>();
}
