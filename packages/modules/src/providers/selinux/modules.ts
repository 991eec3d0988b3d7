import { posix } from 'node:path';
import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import { findSource } from '../files/find-source.ts';
import { readTool } from './read-tool.ts';

/** The modules of the policy: whether each is enabled. */
export async function listModules(host: ReadHost): Promise<ReadonlyMap<string, boolean>> {
  const lines = (await readTool(host, ['semodule', '-lfull'])).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, , state] = line.trim().split(/\s+/);
      return name === undefined ? [] : [[name, state !== 'disabled'] as const];
    }),
  );
}

/** Compares the policy with having the module of a package, which is named for its file. */
export async function installModule(source: string, context: StateContext): Promise<CheckOutcome<Host>> {
  const name = posix.basename(source).replace(/\.pp(\.bz2)?$/, '');
  if ((await listModules(context.host)).has(name)) return isOk(`Module ${name} is already installed`);
  const found = await findSource({ source, skipVerify: true, target: name }, context);
  if (typeof found === 'string') return fails(`Failed to install module ${source}: ${found}`);
  const changes = { [name]: 'Installed' };
  return willChange({ comment: `Module ${source} is set to be installed`, changes }, (machine) =>
    attempt(`Failed to install module ${source}`, async () => {
      await runTool(machine, ['semodule', '-i', found.path]);
      return { comment: `Module ${source} has been installed`, changes };
    }),
  );
}

/** Compares the policy with lacking a module. */
export async function removeModule(name: string, { host }: StateContext): Promise<CheckOutcome<Host>> {
  if (!(await listModules(host)).has(name)) return isOk(`Module ${name} is not available`);
  const changes = { [name]: 'Removed' };
  return willChange({ comment: `Module ${name} is set to be removed`, changes }, (machine) =>
    attempt(`Failed to remove module ${name}`, async () => {
      await runTool(machine, ['semodule', '-r', name]);
      return { comment: `Module ${name} has been removed`, changes };
    }),
  );
}
