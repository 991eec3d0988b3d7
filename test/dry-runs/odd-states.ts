import type { Plain } from '@brine/common';

/** A state on a path: its function, and what it is given beside `name`. */
export interface OddState {
  readonly fun: string;
  readonly given: Readonly<Record<string, Plain>>;
}

/** The states that are tried on every start. `beside` is a folder with `source`, `tree/`, `source.tar` and `repository`. */
export function oddStates(target: string, beside: string): readonly OddState[] {
  return [...fileStates(target, beside), ...otherStates(target, beside)];
}

/** A state in several variants. */
function variantsOn(target: string) {
  return (fun: string, ...variants: readonly Readonly<Record<string, Plain>>[]): readonly OddState[] =>
    variants.map((given) => ({ fun, given: { name: target, ...given } }));
}

// oxlint-disable-next-line max-lines-per-function -- a table
function fileStates(target: string, beside: string): readonly OddState[] {
  const on = variantsOn(target);
  const source = `${beside}/source`;
  return [
    ...on(
      'file.managed',
      { contents: 'new' },
      { contents: 'one' },
      { source },
      { source, makedirs: true, mode: '0640', user: 'nobody' },
      { source, replace: false },
      { source: `${beside}/none` },
      { source, create: false },
      { source, user: 'brine-nobody' },
      { contents: 'x', follow_symlinks: false },
      { contents: 'x', backup: 'minion' },
      { contents: 'x', check_cmd: 'false' },
      { contents: '', allow_empty: false },
      { mode: '0600' },
    ),
    ...on(
      'file.directory',
      {},
      { makedirs: true },
      { clean: true },
      { force: true },
      { user: 'nobody', mode: '0750', recurse: ['user', 'mode'] },
      { user: 'brine-nobody' },
      { allow_symlink: true },
      { backupname: `${target}.old` },
      { follow_symlinks: true, mode: '0711' },
    ),
    ...on(
      'file.symlink',
      { target: source },
      { target: source, force: true },
      { target: source, makedirs: true },
      { target: source, backupname: `${target}.old` },
      { target: 'relative' },
      { target: source, user: 'brine-nobody' },
    ),
    ...on('file.hardlink', { target: source }, { target: source, force: true }, { target: `${beside}/none` }),
    ...on('file.absent', {}),
    ...on('file.exists', {}),
    ...on('file.missing', {}),
    ...on('file.touch', {}, { makedirs: true }, { atime: 1, mtime: 2 }),
    ...on('file.append', { text: 'new' }, { text: 'one' }, { text: ['one', 'two'], makedirs: true }, { source }),
    ...on(
      'file.prepend',
      { text: 'new' },
      { text: 'one' },
      { text: 'new', makedirs: true },
      { text: 'x', header: true },
    ),
    ...on(
      'file.replace',
      { pattern: 'one', repl: 'two' },
      { pattern: 'none', repl: 'two' },
      { pattern: 'none', repl: 'x', append_if_not_found: true },
      { pattern: 'one', repl: 'two', ignore_if_missing: true },
      { pattern: 'one', repl: 'two', backup: false },
    ),
    ...on(
      'file.line',
      { content: 'new', mode: 'ensure', after: 'one' },
      { content: 'one', mode: 'delete' },
      { content: 'two', match: 'one', mode: 'replace' },
      { content: 'new', mode: 'insert', location: 'end', create: true },
    ),
    ...on(
      'file.blockreplace',
      { content: 'x', marker_start: '#a', marker_end: '#b' },
      { content: 'x', marker_start: '#a', marker_end: '#b', append_if_not_found: true },
      { content: 'x', marker_start: '#a', marker_end: '#b', prepend_if_not_found: true, backup: false },
    ),
    ...on('file.comment', { regex: '^one' }, { regex: '^none' }, { regex: '^one', ignore_missing: true }),
    ...on('file.uncomment', { regex: 'commented' }, { regex: 'none' }),
    ...on(
      'file.keyvalue',
      { key: 'key', value: 'other' },
      { key_values: { new: 1 }, append_if_not_found: true },
      { key: 'key', value: 'x', ignore_if_missing: true },
    ),
    ...on(
      'file.serialize',
      { dataset: { a: 1 }, serializer: 'json' },
      { dataset: { a: 1 }, serializer: 'yaml', merge_if_exists: true },
      { dataset: { a: 1 }, serializer: 'json', makedirs: true, create: true },
    ),
    ...on(
      'file.copy',
      { source },
      { source, force: true },
      { source, makedirs: true },
      { source: `${beside}/tree` },
      { source: `${beside}/none` },
    ),
    ...on('file.rename', { source: `${beside}/moved` }, { source: `${beside}/moved`, force: true, makedirs: true }),
    ...on('file.tidied', { age: 0 }, { age: 0, rmdirs: true, matches: ['.*'] }, { age: 1000 }),
    ...on('file.pruned', {}, { recurse: true }),
    ...on('file.recurse', { source: 'salt://tree' }, { source: 'salt://tree', clean: true }, { source: 'salt://none' }),
    ...on('file.decode', { encoded_data: 'b25l', encoding_type: 'base64' }),
    ...on('file.mknod', { ntype: 'p' }, { ntype: 'c', major: 1, minor: 3 }),
    ...on('file.patch', { source: `${beside}/source.patch` }),
    ...on('file.retention_schedule', { retain: { most_recent: 1 } }),
  ];
}

// oxlint-disable-next-line max-lines-per-function -- a table
function otherStates(target: string, beside: string): readonly OddState[] {
  const on = variantsOn(target);
  return [
    ...on('ini.options_present', { sections: { a: { b: 'c' } } }, { sections: { key: 'other' } }),
    ...on('ini.options_absent', { sections: { a: ['b'] } }),
    ...on('ini.sections_present', { sections: { a: {} } }),
    ...on('ini.sections_absent', { sections: ['a'] }),
    ...on(
      'archive.extracted',
      { source: `${beside}/source.tar` },
      { source: `${beside}/source.tar`, enforce_toplevel: false, user: 'nobody', overwrite: true },
      { source: `${beside}/none.tar` },
      { source: `${beside}/source.tar`, clean: true, if_missing: `${target}/mark` },
    ),
    ...on('x509.private_key_managed', { algo: 'ec', keysize: 256 }),
    { fun: 'git.latest', given: { name: `${beside}/repository`, target } },
    { fun: 'git.latest', given: { name: `${beside}/repository`, target, force_clone: true } },
    { fun: 'git.cloned', given: { name: `${beside}/repository`, target } },
    { fun: 'git.detached', given: { name: `${beside}/repository`, target, rev: 'HEAD' } },
    ...on('git.present', { bare: false }, { force: true }),
    { fun: 'git.config_set', given: { name: 'user.name', value: 'ann', repo: target } },
    {
      fun: 'ssh_auth.present',
      given: { name: 'AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7', enc: 'ssh-rsa', config: target, user: 'nobody' },
    },
    {
      fun: 'ssh_known_hosts.present',
      given: {
        name: 'a.example',
        key: 'AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7',
        enc: 'ssh-rsa',
        config: target,
        hash_known_hosts: false,
      },
    },
    { fun: 'ssh_known_hosts.absent', given: { name: 'a.example', config: target } },
    { fun: 'xml.value_present', given: { name: target, xpath: './/a', value: 'x' } },
    { fun: 'environ.setenv', given: { name: 'BRINE_ODD', value: target } },
    {
      fun: 'mount.fstab_present',
      given: { name: '/dev/none', fs_file: '/none', fs_vfstype: 'ext4', config: target, mount: false },
    },
    { fun: 'mount.fstab_absent', given: { name: '/dev/none', fs_file: '/none', config: target } },
  ];
}
