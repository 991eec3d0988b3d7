import type { CheckOutcome, Dict, Value } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  lineText,
  optional,
  text,
  textList,
  withDefault,
  secret,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import { checkRepoFile, coprId } from '../../providers/repositories/check-repo-file.ts';
import { hasRepoFiles } from '../../providers/repositories/repo-files.ts';
import { checkPpa, readPpa } from '../../providers/repositories/ppa.ts';
import { checkRepository } from '../../providers/repositories/check-repository.ts';

/** `pkgrepo.managed` */
export const managed = defineState({
  name: 'pkgrepo.managed',
  summary: 'Keeps a package repository configured, on apt, dnf, yum and zypper.',
  args: z.object({
    name: lineText().describe(
      'The line of the sources list, e.g. deb http://host/debian stable main, or the id of a .repo file.',
    ),
    humanname: optional(lineText()).describe('What the repository is called.'),
    file: optional(lineText()).describe(
      'The sources list it stands in; /etc/apt/sources.list unless given. One that ends in .sources has stanzas (deb822).',
    ),
    dist: optional(lineText()).describe('The release, in place of that of the line.'),
    comps: optional(commaList()).describe('The components, in place of those of the line.'),
    comments: optional(textList()).describe('What is noted behind the line, after a #; on dnf and yum an option.'),
    architectures: optional(commaList()).describe('Architectures that are taken from it.'),
    signedby: optional(lineText()).describe('Path of the key file the repository is checked with.'),
    key_url: optional(lineText()).describe('URL of its key.'),
    key_text: optional(text()).describe('The key itself.'),
    keyid: optional(commaList()).describe('Ids of keys that are fetched from keyserver.'),
    keyserver: optional(lineText()).describe('Where keyid is fetched from.'),
    allow_insecure_key: withDefault(flag(), true).describe('Whether key_url may begin with http:.'),
    aptkey: withDefault(flag(), true).describe('Accepted for compatibility: keys are always files of their own.'),
    disabled: optional(flag()).describe('Whether the line is commented out.'),
    enabled: optional(flag()).describe('The opposite of disabled.'),
    clean_file: withDefault(flag(), false).describe('Whether other lines of the file are removed.'),
    refresh: optional(flag()).describe(
      'Whether the package lists are refreshed after a change, yes unless given; on zypper its autorefresh.',
    ),
    refresh_db: optional(flag()).describe('Another name of refresh.'),
    consolidate: withDefault(flag(), false).describe(
      'On apt: whether, when something changes, all .list files come into /etc/apt/sources.list, each repository once.',
    ),
    baseurl: optional(text()).describe('On dnf, yum and zypper: where its packages are.'),
    mirrorlist: optional(text()).describe('On dnf and yum: where its mirrors are listed.'),
    gpgcheck: optional(flag()).describe('On dnf, yum and zypper: whether its packages must be signed.'),
    gpgkey: optional(text()).describe('On dnf, yum and zypper: URL of its key; key_url unless given.'),
    gpgautoimport: withDefault(flag(), false).describe('On zypper: whether its key is taken on trust.'),
    copr: optional(lineText()).describe('On dnf and yum: a project of COPR, OWNER/PROJECT; of no account elsewhere.'),
    ppa: optional(lineText()).describe(
      'On Ubuntu and Mint: an archive of Launchpad, OWNER/NAME; of no account elsewhere.',
    ),
    ppa_auth: secret(optional(lineText())).describe(
      'USER:PASSWORD of a private archive; its keyid has to be given too.',
    ),
  }),
  examples: [
    `deb [signed-by=/usr/share/keyrings/example.gpg] https://apt.example.org stable main:
  pkgrepo.managed:
    - file: /etc/apt/sources.list.d/example.list
    - key_url: salt://apt/example.gpg`,
    `example:
  pkgrepo.managed:
    - humanname: Example
    - baseurl: https://rpm.example.org/$basearch
    - gpgcheck: true
    - gpgkey: https://rpm.example.org/key.asc`,
    `packit:
  pkgrepo.managed:
    - copr: packit/packit-stable`,
    `logstash-ppa:
  pkgrepo.managed:
    - ppa: wolfnet/logstash`,
    `deb [arch=amd64 signed-by=/etc/apt/keyrings/ours.asc] https://apt.example.org stable main:
  pkgrepo.managed:
    - file: /etc/apt/sources.list.d/ours.sources
    - key_url: salt://apt/ours.asc
    - aptkey: false`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const refusal = refuse(args, context.unknownArguments);
    if (refusal !== undefined) return fails(refusal);
    const ppa = readPpa(args.name, args.ppa, context.grains);
    if (typeof ppa === 'string') return fails(`Failed to configure repo '${args.name}': ${ppa}`);
    if (ppa !== undefined) return checkPpa({ ...args, refresh: args.refresh ?? true }, ppa, context);
    const manager = await choosePackageManager(context.host, context.grains);
    if (manager.name === 'apt') return checkRepository({ ...args, refresh: args.refresh ?? true }, context);
    if (!hasRepoFiles(manager.name)) return fails('Repo management not implemented on this platform');
    return checkSection(args, manager, context);
  },
});

async function checkSection(
  args: SectionArguments,
  manager: PackageManager,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const copr = manager.name === 'zypper' ? undefined : args.copr;
  const id = copr === undefined ? args.name : coprId(copr);
  if (id === undefined) return fails(`Failed to configure repo '${args.name}': ${copr} is no OWNER/PROJECT of COPR`);
  const request = {
    name: id,
    title: args.name,
    copr,
    file: args.file,
    options: repoFileOptions(args, manager.name, context.unknownArguments),
    importsKeys: args.gpgautoimport,
    refreshes: args.refresh_db ?? (manager.name === 'zypper' ? true : (args.refresh ?? true)),
  };
  return checkRepoFile(request, manager, context);
}

interface SectionArguments extends RepoFileArguments {
  readonly copr: string | undefined;
  readonly file: string | undefined;
  readonly gpgautoimport: boolean;
  readonly refresh_db: boolean | undefined;
}

function refuse(
  args: {
    readonly enabled: boolean | undefined;
    readonly disabled: boolean | undefined;
    readonly key_url: string | undefined;
    readonly allow_insecure_key: boolean;
  },
  unknown: Dict,
): string | undefined {
  if (unknown.has('repo'))
    return "'repo' is not a supported argument for this state. The 'name' argument is probably what was intended.";
  if (args.enabled !== undefined && args.disabled !== undefined) return 'Only one of enabled/disabled is allowed';
  if (args.allow_insecure_key || args.key_url?.trim().startsWith('http:') !== true) return undefined;
  return "'key_url' begins with http:, which 'allow_insecure_key: False' does not allow";
}

interface RepoFileArguments {
  readonly name: string;
  readonly humanname: string | undefined;
  readonly baseurl: string | undefined;
  readonly mirrorlist: string | undefined;
  readonly gpgcheck: boolean | undefined;
  readonly gpgkey: string | undefined;
  readonly key_url: string | undefined;
  readonly disabled: boolean | undefined;
  readonly enabled: boolean | undefined;
  readonly refresh: boolean | undefined;
}

// As in Salt, arguments the state does not know become options of the section: priority, sslverify, exclude …
function repoFileOptions(args: RepoFileArguments, manager: string, unknown: Dict): Dict {
  const isEnabled = args.disabled === undefined ? (args.enabled ?? true) : !args.disabled;
  return new Map<Value, Value>([
    ['name', args.humanname ?? args.name],
    ['baseurl', args.baseurl ?? null],
    ['mirrorlist', args.mirrorlist ?? null],
    ['enabled', isEnabled],
    ['gpgcheck', args.gpgcheck ?? null],
    ['gpgkey', args.gpgkey ?? args.key_url ?? null],
    ['autorefresh', manager === 'zypper' ? (args.refresh ?? null) : null],
    ...unknown,
  ]);
}
