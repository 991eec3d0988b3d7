import { describeState, type FakeProgram } from '@brine/testkit';
import { installed } from './installed.ts';
import { removed } from './removed.ts';

const npm: FakeProgram = ([verb, ...args], machine) => {
  const packages = new Map(Object.entries(machine.facts.get('npm') as Record<string, string>));
  const rows = Array.from(packages, ([name, version]) => [name, { version }] as const);
  if (verb === 'list') return JSON.stringify({ name: 'lib', dependencies: Object.fromEntries(rows) });
  for (const word of args.slice(args.indexOf('--') + 1)) {
    const at = word.indexOf('@', 1);
    const name = at < 0 ? word : word.slice(0, at);
    if (verb === 'install') packages.set(name, at < 0 ? '1.0.0' : word.slice(at + 1));
    else packages.delete(name);
  }
  machine.facts.set('npm', Object.fromEntries(packages));
  return '';
};
const before = { programs: { npm }, facts: { npm: { pm2: '5.3.0' } } };

describeState(installed, [
  {
    title: 'installs what is missing or of another version',
    before,
    arguments: { name: 'all', pkgs: ['pm2@5.4.0', '@scope/tool', 'pm2@5.3.0'] },
    pending: {
      comment:
        "NPM package(s) 'pm2@5.4.0, @scope/tool' are set to be installed. Package(s) 'pm2@5.4.0, @scope/tool, pm2@5.3.0' satisfied by pm2@5.3.0",
      changes: { old: [], new: ['pm2@5.4.0', '@scope/tool'] },
    },
    applied: { comment: "Package(s) 'pm2@5.4.0, @scope/tool' successfully installed" },
    again: 'it asks for two versions of one package',
  },
  {
    title: 'knows what is installed',
    before,
    arguments: { name: 'pm2@5.3.0' },
    ok: "Package(s) 'pm2@5.3.0' satisfied by pm2@5.3.0",
  },
]);
describeState(removed, [
  {
    title: 'removes a package',
    before,
    arguments: { name: 'pm2' },
    pending: { comment: "Package 'pm2' is set to be removed", changes: { pm2: 'Removed' } },
    applied: { comment: "Package 'pm2' was successfully removed" },
  },
  {
    title: 'has nothing to do without the package',
    before,
    arguments: { name: 'x' },
    ok: "Package 'x' is not installed",
  },
]);
