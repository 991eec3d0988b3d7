import { pythonStr, type Dict, type Value } from '@brine/common';
import { payload, type BeaconDeclaration } from './beacon.ts';

/** `pkg` */
export const pkg: BeaconDeclaration = {
  name: 'pkg',
  summary: 'Tells when a package gets an upgrade, is installed or removed.',
  example: `pkg:
  - pkgs: [zsh, apache2]
  - refresh: True
  - interval: 3600`,
  validate: (config) =>
    Array.isArray(config.get('pkgs')) ? undefined : 'Configuration for pkg beacon requires list of pkgs.',
  create(context) {
    const seen = new Map<Value, string>();
    return {
      async look(config) {
        const events: Dict[] = [];
        const pkgs = config.get('pkgs');
        if (config.get('refresh') === true) await context.call('pkg.refresh_db', []);
        for (const name of Array.isArray(pkgs) ? pkgs : []) {
          const installed = pythonStr(await context.call('pkg.version', [name]));
          const latest = installed === '' ? '' : pythonStr(await context.call('pkg.latest_version', [name]));
          const status = installed === '' ? 'not-installed' : latest === '' ? 'installed' : 'upgrade';
          const before = seen.get(name);
          seen.set(name, status);
          if (before === undefined || before === status) continue;
          const version = installed === '' ? null : latest || installed;
          events.push(payload(['pkg', name], ['version', version], ['status', status]));
        }
        return events;
      },
    };
  },
};
