import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  unsupported,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { gemArguments, isGemName, listGems, meetsGemWish, runGem } from '../../providers/packages/gems.ts';

/** `gem.installed` */
export const installed = defineState({
  name: 'gem.installed',
  summary: 'Keeps a package of Ruby installed.',
  args: z.object({
    name: lineText().describe('The gem.'),
    ...gemArguments,
    version: optional(lineText()).describe('Its version, or a comparison such as >= 2.0.'),
    rdoc: withDefault(flag(), false).describe('Whether its documentation is made.'),
    ri: withDefault(flag(), false).describe('Whether its documentation is made.'),
    pre_releases: withDefault(flag(), false).describe('Whether versions before a release count.'),
    proxy: optional(lineText()).describe('Proxy, as http://host:port.'),
    source: optional(lineText()).describe('URL of the server of gems.'),
    ruby: unsupported('rvm and rbenv; give gem_bin'),
  }),
  examples: [
    `bundler:
  gem.installed:
    - version: 2.4.22`,
  ],
  async check(args, { host, signal }) {
    const { name, version } = args;
    if (!isGemName(name)) return fails(`The name ${name} cannot be that of a gem`);
    const found = (await listGems(host, args)).get(name);
    if (found !== undefined && meetsGemWish(found, version))
      return isOk(
        version !== undefined && /^[<>]/.test(version)
          ? 'Installed Gem meets version requirements.'
          : 'Gem is already installed.',
      );
    const changes = { [name]: 'Installed' };
    return willChange({ comment: `The gem ${name} would have been installed`, changes }, (machine) =>
      attempt('Could not install gem', async () => {
        const words = [
          ...(version === undefined ? [] : ['--version', version]),
          ...(args.rdoc || args.ri ? [] : ['--no-document']),
          ...(args.pre_releases ? ['--prerelease'] : []),
          ...(args.proxy === undefined ? [] : ['--http-proxy', args.proxy]),
          ...(args.source === undefined ? [] : ['--source', args.source]),
        ];
        await runGem(machine, ['install', ...words, name], { place: args, signal });
        return { comment: 'Gem was successfully installed', changes };
      }),
    );
  },
});
