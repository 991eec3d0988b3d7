import { dumpYaml, formatProblems, toValue, type Plain } from '@brine/common';

/** `--config-dump`: writes the whole configuration of the master as YAML. */
export async function dumpConfig(configDir: string | undefined): Promise<number> {
  // Its schemas are large, and no other option of a command needs them.
  const { loadConfig } = await import('@brine/common/schemas');
  const { config, problems } = loadConfig('master', configDir === undefined ? {} : { configDir });
  if (problems.length > 0) process.stderr.write(`${formatProblems(problems)}\n`);
  process.stdout.write(dumpYaml(toValue(config as unknown as Plain)));
  return 0;
}
