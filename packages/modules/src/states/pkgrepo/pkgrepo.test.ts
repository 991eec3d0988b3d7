import { AppError } from '@brine/common';
import { describeState, fakeApt, type FakeHost, type FakeProgram } from '@brine/testkit';
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
      changes: { disabled: { old: false, new: true }, line: { old: line, new: `# ${line}` } },
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
    title: 'removes the line, and the file with its last line, but leaves other components',
    before: { ...apt, files: { [file]: `${line}\n`, '/etc/apt/sources.list': `# main\n${line} contrib\n` } },
    arguments: { name: line },
    pending: { comment: `Package repo '${line}' will be removed. ${note}`, changes: { repo: line } },
    applied: { comment: `Removed repo ${line}` },
    after: { [file]: undefined, '/etc/apt/sources.list': `# main\n${line.replace('main', 'contrib')}\n` },
  },
  {
    title: 'removes the key with the repository when it is named',
    before: { ...apt, files: { [file]: `${line}\n` } },
    surroundings: {
      functions: { 'pkg.del_repo_key': (_, named) => named.get('keyid') as string },
    },
    arguments: { name: line, keyid: '0123ABCD' },
    pending: {
      comment: `Package repo '${line}' will be removed. ${note}`,
      changes: { repo: line, keyid: '0123ABCD' },
    },
    applied: { comment: `Removed repo ${line}, and keyid 0123ABCD` },
    after: { [file]: undefined },
  },
  {
    title: 'asks for the archive whose key is to go too',
    before: { ...apt, files: { [file]: `${line}\n` } },
    arguments: { name: line, keyid_ppa: true },
    fails: `Failed to remove repo ${line}: keyid_ppa requires that a PPA be passed`,
  },
  {
    title: 'says that the key could not be removed',
    before: { ...apt, files: { [file]: `${line}\n` } },
    surroundings: {
      functions: {
        'pkg.del_repo_key': () => {
          throw new AppError({ code: 'function-failed', message: 'Failed to remove keyid 0123ABCD' });
        },
      },
    },
    arguments: { name: line, keyid: '0123ABCD' },
    pending: {
      comment: `Package repo '${line}' will be removed. ${note}`,
      changes: { repo: line, keyid: '0123ABCD' },
    },
    applied: {
      comment: `Removed repo ${line}, but failed to remove key: Failed to remove keyid 0123ABCD`,
      changes: { repo: line },
      failed: true,
    },
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
      changes: { disabled: { old: false, new: true }, line: { old: archiveLine, new: `# ${archiveLine}` } },
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

const plain = 'deb http://deb.example.org/debian bookworm main';
const sources = '/etc/apt/sources.list.d/ours.sources';
const stanza = 'Types: deb\nURIs: http://deb.example.org/debian\nSuites: bookworm\nComponents: main\n';
const pendingOf = (name: string, changes: Record<string, unknown>) => ({
  comment: `Package repo '${name}' would be configured. ${note}`,
  changes: changes as { repo: string },
});

describeState(managed, [
  {
    title: 'changes components and architectures, and tells them as lists',
    before: { ...apt, files: { ...apt.files, [file]: `${plain}\n` } },
    arguments: { name: plain, file, comps: 'main,contrib', architectures: 'amd64,i386' },
    pending: pendingOf(plain, {
      comps: { old: ['main'], new: ['main', 'contrib'] },
      line: { old: plain, new: 'deb [arch=amd64,i386] http://deb.example.org/debian bookworm main contrib' },
      architectures: { old: [], new: ['amd64', 'i386'] },
    }),
    applied: { comment: `Configured package repo '${plain}'` },
    after: { [file]: 'deb [arch=amd64,i386] http://deb.example.org/debian bookworm main contrib\n' },
  },
  {
    title: 'notes comments behind the line',
    before: apt,
    arguments: { name: plain, file, comments: ['one', 'two'] },
    pending: pendingOf(plain, { repo: plain }),
    applied: { comment: `Configured package repo '${plain}'` },
    after: { [file]: `${plain} #one two\n` },
  },
  {
    title: 'keeps the comment of a line it changes',
    before: { ...apt, files: { ...apt.files, [file]: `${plain} # why\n` } },
    arguments: { name: plain, file, comps: 'contrib' },
    pending: pendingOf(plain, {
      comps: { old: ['main'], new: ['contrib'] },
      line: { old: `${plain} # why`, new: 'deb http://deb.example.org/debian bookworm contrib #why' },
    }),
    applied: { comment: `Configured package repo '${plain}'` },
    after: { [file]: 'deb http://deb.example.org/debian bookworm contrib #why\n' },
  },
  {
    title: 'takes a repository that stands in another file, in another order',
    before: { ...apt, files: { ...apt.files, '/etc/apt/sources.list': `${plain} contrib\n` } },
    arguments: { name: 'deb http://deb.example.org/debian bookworm contrib main', file },
    ok: "Package repo 'deb http://deb.example.org/debian bookworm contrib main' already configured",
  },
  {
    title: 'adds a line beside one of other components',
    before: { ...apt, files: { ...apt.files, [file]: `${plain}\n` } },
    arguments: { name: 'deb http://deb.example.org/debian bookworm contrib', file },
    pending: pendingOf('deb http://deb.example.org/debian bookworm contrib', {
      repo: 'deb http://deb.example.org/debian bookworm contrib',
    }),
    applied: { comment: "Configured package repo 'deb http://deb.example.org/debian bookworm contrib'" },
    after: { [file]: `${plain}\ndeb http://deb.example.org/debian bookworm contrib\n` },
  },
  {
    title: 'empties the file when it configures the repository',
    before: { ...apt, files: { ...apt.files, [file]: '# old\ndeb http://old.example.org/x y z\n' } },
    arguments: { name: plain, file, clean_file: true },
    pending: pendingOf(plain, { repo: plain }),
    applied: { comment: `Configured package repo '${plain}'` },
    after: { [file]: `${plain}\n` },
  },
  {
    title: 'leaves what another state added to a file it empties',
    before: { ...apt, files: { ...apt.files, [file]: `${plain}\ndeb http://old.example.org/x y z\n` } },
    arguments: { name: plain, file, clean_file: true },
    ok: `Package repo '${plain}' already configured`,
  },
  {
    title: 'writes a stanza into a file of the newer form',
    before: { ...apt, files: { ...apt.files, [sources]: '# ours\nTypes: deb\nURIs: http://other\nSuites: ./\n' } },
    arguments: {
      name: 'deb [arch=amd64,i386 signed-by=/k.gpg] http://deb.example.org/debian bookworm main',
      file: sources,
    },
    pending: pendingOf('deb [arch=amd64,i386 signed-by=/k.gpg] http://deb.example.org/debian bookworm main', {
      repo: 'deb [arch=amd64,i386 signed-by=/k.gpg] http://deb.example.org/debian bookworm main',
    }),
    applied: {
      comment:
        "Configured package repo 'deb [arch=amd64,i386 signed-by=/k.gpg] http://deb.example.org/debian bookworm main'",
    },
    after: {
      [sources]: `# ours\nTypes: deb\nURIs: http://other\nSuites: ./\n\n${stanza}Architectures: amd64 i386\nSigned-By: /k.gpg\n`,
    },
  },
  {
    title: 'changes a stanza where it stands',
    before: {
      ...apt,
      files: { ...apt.files, [sources]: `Enabled: no\n${stanza}\nTypes: deb\nURIs: http://other\nSuites: ./\n` },
    },
    arguments: { name: plain, file: sources, comps: ['main', 'contrib'] },
    pending: pendingOf(plain, {
      comps: { old: ['main'], new: ['main', 'contrib'] },
      disabled: { old: true, new: false },
    }),
    applied: { comment: `Configured package repo '${plain}'` },
    after: { [sources]: `${stanza.replace('main', 'main contrib')}\nTypes: deb\nURIs: http://other\nSuites: ./\n` },
  },
  {
    title: 'knows a stanza',
    before: { ...apt, files: { ...apt.files, [sources]: stanza } },
    arguments: { name: plain, file: sources },
    ok: `Package repo '${plain}' already configured`,
  },
  {
    title: 'refuses a line break among the components',
    before: apt,
    arguments: { name: plain, file, comps: ['main\ndeb http://evil ./'] },
    fails: `Failed to configure repo '${plain}': a line of a sources list has no line break`,
  },
  {
    title: 'refuses both of enabled and disabled',
    before: apt,
    arguments: { name: plain, enabled: true, disabled: true },
    fails: 'Only one of enabled/disabled is allowed',
  },
  {
    title: 'refuses a key over http where that is not wanted',
    before: apt,
    arguments: { name: plain, key_url: 'http://k.example.org/k', allow_insecure_key: false },
    fails: "'key_url' begins with http:, which 'allow_insecure_key: False' does not allow",
  },
]);
describeState(absent, [
  {
    title: 'leaves the components that are not named',
    before: { ...apt, files: { ...apt.files, [file]: `${plain} contrib\n` } },
    arguments: { name: plain },
    pending: { comment: `Package repo '${plain}' will be removed. ${note}`, changes: { repo: plain } },
    applied: { comment: `Removed repo ${plain}` },
    after: { [file]: 'deb http://deb.example.org/debian bookworm contrib\n' },
  },
  {
    title: 'removes a stanza, and the file with its last one',
    before: {
      ...apt,
      files: {
        ...apt.files,
        '/etc/apt/sources.list.d': { directory: true },
        [sources]: `${stanza}\nTypes: deb\nURIs: http://other\nSuites: ./\n`,
        '/etc/apt/sources.list.d/one.sources': stanza,
        '/etc/apt/sources.list.d/two.sources': stanza.replace('main', 'main contrib'),
      },
    },
    arguments: { name: plain },
    pending: { comment: `Package repo '${plain}' will be removed. ${note}`, changes: { repo: plain } },
    applied: { comment: `Removed repo ${plain}` },
    after: {
      [sources]: 'Types: deb\nURIs: http://other\nSuites: ./\n',
      '/etc/apt/sources.list.d/one.sources': undefined,
      '/etc/apt/sources.list.d/two.sources': stanza.replace('main', 'contrib'),
    },
  },
]);
describeState(managed, [
  {
    title: 'brings all lines together with consolidate, each repository once',
    before: {
      ...apt,
      files: {
        '/etc/apt/sources.list': '# main\ndeb http://deb.example.org/debian stable main\n',
        '/etc/apt/sources.list.d/a.list':
          'deb http://deb.example.org/debian stable contrib main\n# deb http://deb.example.org/debian stable old\n',
        '/etc/apt/sources.list.d/b.list': 'deb [arch=arm64] http://deb.example.org/debian stable main #arm\n',
        '/etc/apt/sources.list.d/c.sources': 'Types: deb\nURIs: http://c.example.org\nSuites: x\nComponents: y\n',
      },
    },
    arguments: { name: 'deb http://new.example.org/debian stable main', consolidate: true, refresh: false },
    pending: {
      comment: `Package repo 'deb http://new.example.org/debian stable main' would be configured. ${note}`,
      changes: {
        repo: 'deb http://new.example.org/debian stable main',
        consolidated: ['/etc/apt/sources.list.d/a.list', '/etc/apt/sources.list.d/b.list'],
      },
    },
    applied: { comment: "Configured package repo 'deb http://new.example.org/debian stable main'" },
    after: {
      '/etc/apt/sources.list': [
        'deb http://deb.example.org/debian stable main contrib',
        '# deb http://deb.example.org/debian stable old',
        'deb [arch=arm64] http://deb.example.org/debian stable main #arm',
        'deb http://new.example.org/debian stable main',
        '',
      ].join('\n'),
      '/etc/apt/sources.list.d/a.list': undefined,
      '/etc/apt/sources.list.d/b.list': undefined,
    },
  },
  {
    title: 'leaves its own new file beside the one list',
    before: {
      ...apt,
      files: { '/etc/apt/sources.list.d/a.list': 'deb http://a.example.org stable main\n' },
    },
    arguments: { name: line, file, consolidate: true, refresh: false },
    pending: {
      comment: `Package repo '${line}' would be configured. ${note}`,
      changes: { repo: line, consolidated: ['/etc/apt/sources.list.d/a.list'] },
    },
    applied: { comment: `Configured package repo '${line}'` },
    after: {
      '/etc/apt/sources.list': 'deb http://a.example.org stable main\n',
      '/etc/apt/sources.list.d/a.list': undefined,
      [file]: `${line}\n`,
    },
  },
]);

const coprFile = '/etc/yum.repos.d/_copr:copr.fedorainfracloud.org:group_ours:tools.repo';
const coprSection = '[copr:copr.fedorainfracloud.org:group_ours:tools]';
const withCopr = {
  programs: {
    rpm: () => '',
    dnf: (async (args, machine) => {
      if (args.join(' ') !== 'copr enable -y @ours/tools') return '';
      const text = `${coprSection}\nname=Copr repo for tools\nbaseurl=https://copr.example.org\nenabled=1\n`;
      await machine.files.write(coprFile, Buffer.from(text));
      return '';
    }) as FakeProgram,
  },
  files: { '/etc/yum.repos.d': { directory: true } },
} as const;

describeState(managed, [
  {
    title: 'enables a project of COPR',
    before: withCopr,
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'tools', copr: '@ours/tools' },
    pending: {
      comment: `Package repo 'tools' would be configured. ${note}`,
      changes: { repo: 'copr:@ours/tools' },
    },
    applied: { comment: "Configured package repo 'tools'" },
    after: { [coprFile]: `${coprSection}\nname=tools\nbaseurl=https://copr.example.org\nenabled=1\n` },
  },
  {
    title: 'refuses what is no project of COPR',
    before: withCopr,
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'tools', copr: '--help' },
    fails: "Failed to configure repo 'tools': --help is no OWNER/PROJECT of COPR",
  },
]);

describeState(absent, [
  {
    title: 'removes a project of COPR',
    before: { ...withCopr, files: { [coprFile]: `${coprSection}\nname=tools\n` } },
    surroundings: { grains: { os_family: 'RedHat' } },
    arguments: { name: 'tools', copr: '@ours/tools' },
    pending: {
      comment: `Package repo 'copr:@ours/tools' will be removed. ${note}`,
      changes: { repo: 'copr:@ours/tools' },
    },
    applied: { comment: 'Removed repo copr:@ours/tools' },
    after: { [coprFile]: undefined },
  },
]);
