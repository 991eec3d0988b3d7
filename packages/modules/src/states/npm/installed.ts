import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  textList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { listNpm, npmArguments, runNpm } from '../../providers/packages/npm.ts';

/** `npm.installed` */
export const installed = defineState({
  name: 'npm.installed',
  summary: 'Keeps packages of Node.js installed.',
  args: z.object({
    name: lineText().describe('The package, also as name@version; any name when pkgs is given.'),
    pkgs: optional(textList()).describe('Several packages.'),
    ...npmArguments,
    force_reinstall: withDefault(flag(), false).describe('Whether packages are installed again each time.'),
    registry: optional(lineText()).describe('URL of the registry.'),
  }),
  examples: [
    `pm2@5.3.0:
  npm.installed: []`,
  ],
  async check(args, { host, signal }) {
    const wanted = args.pkgs ?? [args.name];
    const bad = wanted.find((one) => one.startsWith('-'));
    if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
    try {
      const current = await listNpm(host, args);
      const satisfied = wanted.flatMap((one) => satisfies(one, current) ?? []);
      const targets = wanted.filter((one) => args.force_reinstall || satisfies(one, current) === undefined);
      const settled = `Package(s) '${wanted.join(', ')}' satisfied by ${satisfied.join(', ')}`;
      if (targets.length === 0) return isOk(settled);
      const changes = { old: [], new: targets };
      const pending = `NPM package(s) '${targets.join(', ')}' are set to be installed`;
      return willChange({ comment: satisfied.length > 0 ? `${pending}. ${settled}` : pending, changes }, (machine) =>
        attempt(`Error installing '${wanted.join(', ')}'`, async () => {
          const registry = args.registry === undefined ? [] : [`--registry=${args.registry}`];
          await runNpm(machine, ['install', ...registry, '--', ...targets], { place: args, signal });
          return { comment: `Package(s) '${targets.join(', ')}' successfully installed`, changes };
        }),
      );
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(`Error looking up '${args.name}': ${caught.message}`);
    }
  },
});

function satisfies(wanted: string, current: ReadonlyMap<string, string>): string | undefined {
  const [, name = '', version] = /^(@?[^@\s]+)(?:@(\S+))?/.exec(wanted) ?? [];
  const found = current.get(name);
  return found === undefined || (version !== undefined && version !== found) ? undefined : `${name}@${found}`;
}
