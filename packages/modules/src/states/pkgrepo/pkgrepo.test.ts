import { describeState, fakeApt, type FakeHost } from '@brine/testkit';
import { absent } from './absent.ts';
import { managed } from './managed.ts';

const line = 'deb [signed-by=/usr/share/keyrings/x.asc] https://apt.example.org stable main';
const file = '/etc/apt/sources.list.d/example.list';
const note =
  'This may cause pkg states to behave differently than stated if this action is repeated without test=True, due to the differences in the configured repositories.';
const apt = fakeApt();

const rhel = {
  programs: { dnf: () => '', rpm: () => '' },
  files: { '/etc/yum.repos.d': { directory: true } },
} as const;
const sles = { programs: { zypper: () => '' }, files: { '/etc/zypp/repos.d': { directory: true } } } as const;
const ours = '/etc/yum.repos.d/ours.repo';
const configured =
  '# ours\n[ours]\nname=Ours\nbaseurl=https://old.example.org\n # kept\nenabled=1\n\n[other]\nname=Other\n';

describeState(managed, [
  {
    title: 'writes a .repo file of dnf, with options Salt passes on',
    before: rhel,
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'ours', humanname: 'Ours', baseurl: 'https://rpm.example.org', gpgcheck: false, priority: 5 },
    pending: { comment: `Package repo 'ours' would be configured. ${note}`, changes: { repo: 'ours' } },
    applied: { comment: "Configured package repo 'ours'" },
    after: { [ours]: '[ours]\nname=Ours\nbaseurl=https://rpm.example.org\nenabled=1\ngpgcheck=0\npriority=5\n' },
  },
  {
    title: 'changes options where they stand and leaves other sections alone',
    before: { ...rhel, files: { ...rhel.files, [ours]: configured } },
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'ours', humanname: 'Ours', mirrorlist: 'https://mirrors.example.org', disabled: true },
    pending: {
      comment: `Package repo 'ours' would be configured. ${note}`,
      changes: {
        baseurl: { old: 'https://old.example.org\n# kept', new: null },
        mirrorlist: { old: null, new: 'https://mirrors.example.org' },
        enabled: { old: '1', new: '0' },
      },
    },
    applied: { comment: "Configured package repo 'ours'" },
    after: {
      [ours]: '# ours\n[ours]\nname=Ours\nenabled=0\nmirrorlist=https://mirrors.example.org\n\n[other]\nname=Other\n',
    },
  },
  {
    title: 'needs to know where the packages of a repository are',
    before: rhel,
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'ours' },
    fails:
      "Failed to configure repo 'ours': The repo does not exist and needs to be created, but either a baseurl or a mirrorlist needs to be given",
  },
  {
    title: 'refuses an id that leads out of the folder',
    before: rhel,
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: '../../etc/x', baseurl: 'https://rpm.example.org' },
    fails: "Failed to configure repo '../../etc/x': ../../etc/x cannot be the id of a repository",
  },
  {
    title: 'knows what zypper has',
    before: {
      ...sles,
      files: { '/etc/zypp/repos.d/x.repo': '[x]\nname=x\nbaseurl=http://h/x\nenabled=1\nautorefresh=1\n' },
    },
    surroundings: { grains: { os_family: 'Suse' } },
    arguments: { name: 'x', baseurl: 'http://h/x', refresh: true },
    ok: "Package repo 'x' already configured",
  },
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
    title: 'takes a section off a .repo file',
    before: { ...rhel, files: { ...rhel.files, [ours]: configured } },
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'ours' },
    pending: { comment: `Package repo 'ours' will be removed. ${note}`, changes: { repo: 'ours' } },
    applied: { comment: 'Removed repo ours' },
    after: { [ours]: '# ours\n[other]\nname=Other\n' },
  },
  {
    title: 'removes the line, and the file with its last line',
    before: { ...apt, files: { [file]: `${line}\n`, '/etc/apt/sources.list': `# main\n${line} contrib\n` } },
    arguments: { name: line },
    pending: { comment: `Package repo '${line}' will be removed. ${note}`, changes: { repo: line } },
    applied: { comment: `Removed repo ${line}` },
    after: { [file]: undefined, '/etc/apt/sources.list': '# main\n' },
  },
  {
    title: 'knows that what is no line is in no list',
    before: apt,
    arguments: { name: 'debmon' },
    ok: 'Package repo debmon is absent',
  },
  {
    title: 'has nothing to do without the line',
    before: apt,
    arguments: { name: line },
    ok: `Package repo ${line} is absent`,
  },
]);

const ubuntu = { grains: { os_family: 'Debian', os: 'Ubuntu', oscodename: 'jammy' } };
const launchpad = fakeApt();
const archive = '/etc/apt/sources.list.d/wolfnet-logstash-jammy.list';
const archiveLine = 'deb http://ppa.launchpad.net/wolfnet/logstash/ubuntu jammy main';
const withTool = {
  ...launchpad,
  programs: {
    ...launchpad.programs,
    'apt-add-repository': async ([, ppa = '']: readonly string[], machine: FakeHost) => {
      if (ppa === 'ppa:no/body') return { exitCode: 1, stderr: 'Cannot access PPA (ppa:no/body): no such team\n' };
      await machine.files.write(
        '/etc/apt/sources.list.d/ppa.sources',
        Buffer.from(
          'Types: deb\nURIs: https://ppa.launchpadcontent.net/wolfnet/logstash/ubuntu/\nSuites: jammy\nComponents: main\n',
        ),
      );
      return '';
    },
  },
  files: { ...launchpad.files, '/etc/apt/sources.list.d': { directory: true as const } },
};

describeState(managed, [
  {
    title: 'has an archive of Launchpad added by the program for that',
    before: withTool,
    surroundings: ubuntu,
    arguments: { name: 'logstash-ppa', ppa: 'wolfnet/logstash' },
    pending: {
      comment: `Package repo 'logstash-ppa' would be configured. ${note}`,
      changes: { repo: 'ppa:wolfnet/logstash' },
    },
    applied: { comment: "Configured package repo 'logstash-ppa'" },
  },
  {
    title: 'says what the program complained about',
    before: withTool,
    surroundings: ubuntu,
    arguments: { name: 'ppa:no/body' },
    pending: { comment: `Package repo 'ppa:no/body' would be configured. ${note}`, changes: { repo: 'ppa:no/body' } },
    applied: {
      comment:
        "Failed to configure repo 'ppa:no/body': apt-add-repository ended with status 1: Cannot access PPA (ppa:no/body): no such team",
      changes: {},
      failed: true,
    },
  },
  {
    title: 'leaves an archive that is there',
    before: { ...withTool, files: { ...withTool.files, [archive]: `${archiveLine}\n` } },
    surroundings: ubuntu,
    arguments: { name: 'logstash-ppa', ppa: 'ppa:wolfnet/logstash' },
    ok: "Package repo 'logstash-ppa' already configured",
  },
  {
    title: 'switches an archive off',
    before: { ...withTool, files: { ...withTool.files, [archive]: `${archiveLine}\n` } },
    surroundings: ubuntu,
    arguments: { name: 'logstash-ppa', ppa: 'wolfnet/logstash', disabled: true },
    pending: {
      comment: `Package repo 'logstash-ppa' would be configured. ${note}`,
      changes: { disabled: { old: 'false', new: 'true' } },
    },
    applied: { comment: "Configured package repo 'logstash-ppa'" },
    after: { [archive]: `# ${archiveLine}\n` },
  },
  {
    title: 'adds a private archive by hand and does not show its password',
    before: {
      ...launchpad,
      files: { '/etc/apt/trusted.gpg.d/private-ppa.launchpad.net-wolfnet-logstash-ubuntu.asc': 'key' },
    },
    surroundings: ubuntu,
    arguments: { name: 'private', ppa: 'wolfnet/logstash', ppa_auth: 'u:p', keyid: 'ABCD1234' },
    pending: { comment: `Package repo 'private' would be configured. ${note}`, changes: { repo: 'private' } },
    applied: { comment: "Configured package repo 'private'" },
    after: { [archive]: 'deb https://u:p@private-ppa.launchpad.net/wolfnet/logstash/ubuntu jammy main\n' },
  },
  {
    title: 'needs the key of a private archive',
    before: launchpad,
    surroundings: ubuntu,
    arguments: { name: 'private', ppa: 'wolfnet/logstash', ppa_auth: 'u:p' },
    fails: "Failed to configure repo 'private': Private PPAs require a keyid to be specified: wolfnet/logstash",
  },
  {
    title: 'says that Launchpad does not know an archive',
    before: launchpad,
    surroundings: ubuntu,
    arguments: { name: 'ppa:wolfnet/logstash' },
    fails: "Failed to configure repo 'ppa:wolfnet/logstash': Launchpad does not know about wolfnet/logstash",
  },
  {
    title: 'takes an archive by name on Ubuntu only',
    before: launchpad,
    surroundings: { grains: { os_family: 'Debian', os: 'Debian' } },
    arguments: { name: 'ppa:wolfnet/logstash' },
    fails:
      'Failed to configure repo \'ppa:wolfnet/logstash\': cannot parse "ppa:" style repo definitions: ppa:wolfnet/logstash',
  },
  {
    title: 'refuses an archive that is an option',
    before: withTool,
    surroundings: ubuntu,
    arguments: { name: 'x', ppa: '--remove' },
    fails:
      "Failed to configure repo 'x': Unable to get PPA info from argument. Expected format \"<PPA_OWNER>/<PPA_NAME>\" (e.g. saltstack/salt) not found.  Received '--remove' instead.",
  },
]);

describeState(absent, [
  {
    title: 'removes an archive of Launchpad, in both forms',
    before: {
      ...withTool,
      files: {
        ...withTool.files,
        [archive]: `${archiveLine}\n`,
        '/etc/apt/sources.list.d/l.sources':
          'Types: deb\nURIs: https://ppa.launchpadcontent.net/wolfnet/logstash/ubuntu\n',
      },
    },
    surroundings: ubuntu,
    arguments: { name: 'logstash-ppa', ppa: 'wolfnet/logstash' },
    pending: {
      comment: `Package repo 'ppa:wolfnet/logstash' will be removed. ${note}`,
      changes: { repo: 'ppa:wolfnet/logstash' },
    },
    applied: { comment: 'Removed repo ppa:wolfnet/logstash' },
    after: { [archive]: undefined, '/etc/apt/sources.list.d/l.sources': undefined },
  },
]);
