import { join } from 'node:path';
import { toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';

/** What templates in the workers of a master see as `opts`: the master's configuration, as a machine that serves its own files has it. */
export function templateOptions(config: MasterConfig, configDirectory: string): Dict {
  const own: Dict = new Map<Value, Value>([
    ['conf_file', join(configDirectory, 'master')],
    ['config_dir', configDirectory],
    ['__role', 'master'],
    ['file_client', 'local'],
  ]);
  return new Map([...(toValue(config as unknown as Plain) as Dict), ...own]);
}
