import { describeState, fakeApt } from '@brine/testkit';
import { absent } from './absent.ts';
import { managed } from './managed.ts';

const line = 'deb [signed-by=/usr/share/keyrings/x.asc] https://apt.example.org stable main';
const file = '/etc/apt/sources.list.d/example.list';
const note =
  'This may cause pkg states to behave differently than stated if this action is repeated without test=True, due to the differences in the configured repositories.';
const apt = fakeApt();

describeState(managed, [
  {
    title: 'brings the key of a repository that is new',
    before: apt,
    surroundings: { served: { 'x.asc': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n' } },
    arguments: { name: line, file, key_url: 'salt://x.asc' },
    pending: {
      comment: `Package repo '${line}' would be configured. ${note}`,
      changes: { repo: line, key: '/usr/share/keyrings/x.asc' },
    },
    applied: { comment: `Configured package repo '${line}'` },
    after: { [file]: `${line}\n`, '/usr/share/keyrings/x.asc': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n' },
  },
  {
    title: 'disables a repository where it stands',
    before: { ...apt, files: { ...apt.files, [file]: `# ours\n${line}\n` } },
    arguments: { name: line, enabled: false },
    pending: {
      comment: `Package repo '${line}' would be configured. ${note}`,
      changes: { disabled: { old: 'false', new: 'true' } },
    },
    applied: { comment: `Configured package repo '${line}'` },
    after: { [file]: `# ours\n# ${line}\n` },
  },
  {
    title: 'knows what is configured',
    before: { ...apt, files: { ...apt.files, [file]: `${line}\n` } },
    arguments: { name: line },
    ok: `Package repo '${line}' already configured`,
  },
]);
describeState(absent, [
  {
    title: 'removes the line, and the file with its last line',
    before: { ...apt, files: { [file]: `${line}\n`, '/etc/apt/sources.list': `# main\n${line} contrib\n` } },
    arguments: { name: line },
    pending: { comment: `Package repo '${line}' will be removed. ${note}`, changes: { repo: line } },
    applied: { comment: `Removed repo ${line}` },
    after: { [file]: undefined, '/etc/apt/sources.list': '# main\n' },
  },
  {
    title: 'has nothing to do without the line',
    before: apt,
    arguments: { name: line },
    ok: `Package repo ${line} is absent`,
  },
]);
