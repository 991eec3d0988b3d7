import { describeState } from '@brine/testkit';
import { managed } from './managed.ts';

const note = 'Note: No changes made, actual changes may\nbe different due to other states.';

function set(path: string): string {
  return `The file ${path} is set to be changed\n${note}`;
}

describeState(managed, [
  {
    title: 'writes a missing file with a final newline',
    arguments: { name: '/etc/motd', contents: 'Authorised staff only' },
    pending: { comment: set('/etc/motd'), changes: { newfile: '/etc/motd' } },
    applied: { comment: 'File /etc/motd updated', changes: { diff: 'New file' } },
    after: { '/etc/motd': { text: 'Authorised staff only\n', mode: 0o644 } },
  },
  {
    title: 'writes a list as lines and reports the mode it sets',
    arguments: { name: '/etc/hosts.allow', contents: ['sshd: 10.0.0.0/8', 'ALL: LOCAL'], mode: 640 },
    pending: { comment: set('/etc/hosts.allow'), changes: { newfile: '/etc/hosts.allow' } },
    applied: { comment: 'File /etc/hosts.allow updated', changes: { diff: 'New file', mode: '0640' } },
    after: { '/etc/hosts.allow': { text: 'sshd: 10.0.0.0/8\nALL: LOCAL\n', mode: 0o640 } },
  },
  {
    title: 'leaves the final newline away when told',
    arguments: { name: '/etc/token', contents: 's3cr3t\n', contents_newline: false },
    pending: { comment: set('/etc/token'), changes: { newfile: '/etc/token' } },
    applied: { comment: 'File /etc/token updated', changes: { diff: 'New file' } },
    after: { '/etc/token': 's3cr3t' },
  },
  {
    title: 'shows what changes in a file and keeps its owner and mode',
    before: { files: { '/etc/app': { text: 'a\nb\n', mode: 0o600, uid: 7 } } },
    arguments: { name: '/etc/app', contents: 'a\nc' },
    pending: { comment: set('/etc/app'), changes: { diff: '--- \n+++ \n@@ -1,2 +1,2 @@\n a\n-b\n+c\n' } },
    applied: { comment: 'File /etc/app updated' },
    after: { '/etc/app': { text: 'a\nc\n', mode: 0o600, uid: 7 } },
  },
  {
    title: 'has nothing to do for a file that is right',
    before: { files: { '/etc/app': 'a\n' } },
    arguments: { name: '/etc/app', contents: 'a', mode: '0644', user: 'root' },
    ok: 'File /etc/app is in the correct state',
    foretold: 'The file /etc/app is in the correct state',
  },
  {
    title: 'corrects owner and mode alone',
    before: { files: { '/etc/app': { text: 'a\n', mode: 0o666 } }, passwd: ['www:x:33:33::/var/www:/bin/sh'] },
    arguments: { name: '/etc/app', contents: 'a', mode: '0644', user: 'www' },
    pending: { comment: set('/etc/app'), changes: { user: 'www', mode: '0644' } },
    applied: { comment: 'File /etc/app updated' },
    after: { '/etc/app': { text: 'a\n', mode: 0o644, uid: 33 } },
  },
  {
    title: 'hides the diff when told',
    before: { files: { '/etc/app': 'old\n' } },
    arguments: { name: '/etc/app', contents: 'new', show_changes: false },
    pending: { comment: set('/etc/app'), changes: { diff: '<show_changes=False>' } },
    applied: { comment: 'File /etc/app updated' },
    after: { '/etc/app': 'new\n' },
  },
  {
    title: 'renders a template with context over defaults and its own arguments',
    surroundings: { served: { 'main.cf.j2': '{{ host }}:{{ port }} {{ mode }}\n' } },
    arguments: {
      name: '/etc/main.cf',
      source: 'salt://main.cf.j2',
      template: 'jinja',
      mode: '0644',
      defaults: { host: 'mail', port: 25 },
      context: { port: 587 },
    },
    pending: { comment: set('/etc/main.cf'), changes: { newfile: '/etc/main.cf' } },
    applied: { comment: 'File /etc/main.cf updated', changes: { diff: 'New file', mode: '0644' } },
    after: { '/etc/main.cf': 'mail:587 0644\n' },
  },
  {
    title: 'takes the first source that exists, and its mode on keep',
    surroundings: { served: { 'sshd/default.conf': { text: 'Port 22\n', mode: 0o600 } } },
    arguments: { name: '/etc/sshd', source: ['salt://sshd/web1.conf', 'salt://sshd/default.conf'], mode: 'keep' },
    pending: { comment: set('/etc/sshd'), changes: { newfile: '/etc/sshd' } },
    applied: { comment: 'File /etc/sshd updated', changes: { diff: 'New file' } },
    after: { '/etc/sshd': { text: 'Port 22\n', mode: 0o600 } },
  },
  {
    title: 'names a source that is not served',
    arguments: { name: '/etc/sshd', source: 'salt://ssh/none.conf' },
    fails: "Source file salt://ssh/none.conf not found in saltenv 'base'",
  },
  {
    title: 'leaves a source as it is whatever the encoding',
    before: { files: { '/srv/pkg': 'd\u00e9\n' } },
    arguments: { name: '/srv/copy', source: '/srv/pkg', encoding: 'utf-16' },
    pending: { comment: set('/srv/copy'), changes: { newfile: '/srv/copy' } },
    applied: { comment: 'File /srv/copy updated', changes: { diff: 'New file', mode: '0644' } },
    after: { '/srv/copy': 'd\u00e9\n' },
  },
  {
    title: 'makes no empty file of an empty list of sources',
    arguments: { name: '/etc/app.conf', source: [] },
    fails: 'Unable to manage file: none of the specified sources were found',
  },
  {
    title: 'says so when no source of a list is served',
    arguments: { name: '/etc/sshd', source: ['salt://a', 'salt://b'] },
    fails: 'Unable to manage file: none of the specified sources were found',
  },
  {
    title: 'fails at work when the parent directory is missing',
    arguments: { name: '/srv/a/file', contents: 'x' },
    pending: { comment: set('/srv/a/file'), changes: { newfile: '/srv/a/file' } },
    applied: { comment: 'Parent directory not present', changes: {}, failed: true },
    after: { '/srv/a': undefined },
  },
  {
    title: 'makes parents that can be searched, with makedirs',
    arguments: { name: '/srv/a/b/file', contents: 'x', makedirs: true, mode: '0640' },
    pending: { comment: set('/srv/a/b/file'), changes: { newfile: '/srv/a/b/file' } },
    applied: { comment: 'File /srv/a/b/file updated', changes: { diff: 'New file', mode: '0640' } },
    after: { '/srv/a': { directory: true, mode: 0o750 }, '/srv/a/b/file': { text: 'x\n', mode: 0o640 } },
  },
  {
    title: 'refuses a relative path',
    arguments: { name: 'etc/motd', contents: 'x' },
    fails: 'Specified file etc/motd is not an absolute path',
  },
  {
    title: 'refuses a directory in the way',
    before: { files: { '/srv/taken': { directory: true } } },
    arguments: { name: '/srv/taken', contents: 'x' },
    fails: 'Specified target /srv/taken is a directory',
  },
  {
    title: 'keeps the text of an existing file when replace is off, but sets its mode',
    before: { files: { '/etc/keep': { text: 'by hand\n', mode: 0o666 } } },
    arguments: { name: '/etc/keep', contents: 'x', replace: false, mode: '0600' },
    pending: {
      comment: 'File /etc/keep will be updated with permissions 0600 from its current state of 0666',
      changes: { mode: '0600' },
    },
    applied: { comment: '' },
    after: { '/etc/keep': { text: 'by hand\n', mode: 0o600 } },
  },
  {
    title: 'has nothing to do when replace is off and the mode is right',
    before: { files: { '/etc/keep': { text: 'by hand\n', mode: 0o600 } } },
    arguments: { name: '/etc/keep', contents: 'x', replace: false, mode: '0600' },
    ok: 'File /etc/keep exists with proper permissions. No changes made.',
    foretold: 'File /etc/keep not updated',
  },
  {
    title: 'writes through a symbolic link',
    before: { files: { '/srv/real': 'old\n', '/srv/link': { link: 'real' } } },
    arguments: { name: '/srv/link', contents: 'new' },
    pending: { comment: set('/srv/link'), changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-old\n+new\n' } },
    applied: { comment: 'File /srv/link updated' },
    after: { '/srv/link': { link: 'real' }, '/srv/real': 'new\n' },
  },
  {
    title: 'replaces a symbolic link when it may not be followed',
    before: { files: { '/srv/real': 'old\n', '/srv/link': { link: 'real' } } },
    arguments: { name: '/srv/link', contents: 'new', follow_symlinks: false },
    pending: { comment: set('/srv/link'), changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-old\n+new\n' } },
    applied: { comment: 'File /srv/link updated' },
    after: { '/srv/link': 'new\n', '/srv/real': 'old\n' },
  },
  {
    title: 'replaces a symbolic link that leads to the right content when it may not be followed',
    before: { files: { '/srv/real': 'new\n', '/srv/link': { link: 'real' } } },
    arguments: { name: '/srv/link', contents: 'new', follow_symlinks: false },
    pending: { comment: set('/srv/link'), changes: { diff: 'Replace symbolic link with regular file' } },
    applied: { comment: 'File /srv/link updated' },
    after: { '/srv/link': 'new\n', '/srv/real': 'new\n' },
  },
  {
    title: 'leaves the old file when check_cmd refuses the new one',
    before: {
      files: { '/etc/sudoers': 'ok\n', '/tmp': { directory: true } },
      programs: { sh: () => ({ exitCode: 1, stderr: 'bad' }) },
    },
    arguments: { name: '/etc/sudoers', contents: 'garbage', check_cmd: 'visudo -cf' },
    pending: { comment: set('/etc/sudoers'), changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-ok\n+garbage\n' } },
    applied: { comment: 'check_cmd execution failed\nbad', changes: {}, failed: true },
    after: { '/etc/sudoers': 'ok\n' },
  },
  {
    title: 'checks a local source against its hash',
    before: { files: { '/srv/pkg': 'body\n' } },
    arguments: { name: '/srv/copy', source: 'file:///srv/pkg', source_hash: 'md5=00000000000000000000000000000000' },
    fails:
      'Specified md5 checksum for /srv/copy (00000000000000000000000000000000) does not match actual checksum (ae6ba5b4c6eb1efd4a9fac3708046cbe)',
  },
  {
    title: 'wants a hash for a source on the web',
    arguments: { name: '/srv/x', source: 'https://user:pw@example.org/x' },
    fails:
      'Unable to verify upstream hash of source file https://<redacted>@example.org/x, please set source_hash or set skip_verify to True',
  },
  {
    title: 'makes an empty file when neither source nor contents are given',
    arguments: { name: '/etc/empty' },
    pending: { comment: set('/etc/empty'), changes: { newfile: '/etc/empty' } },
    applied: { comment: 'Empty file', changes: { new: 'file /etc/empty created' } },
    after: { '/etc/empty': '' },
  },
  {
    title: 'leaves a missing file away when it is not to be made',
    arguments: { name: '/etc/absent', contents: 'x', create: false },
    ok: 'File /etc/absent is not present and is not set for creation',
  },
  {
    title: 'waits for an account that an earlier step may make',
    arguments: { name: '/etc/app', contents: 'x', user: 'app' },
    pending: { comment: set('/etc/app'), changes: { newfile: '/etc/app' } },
    applied: { comment: 'User app is not available ', changes: {}, failed: true },
    after: { '/etc/app': undefined },
  },
  {
    title: 'refuses two places for the content',
    arguments: { name: '/etc/app', contents: 'x', source: 'salt://x' },
    fails: "'source' cannot be used in combination with 'contents', 'contents_pillar', or 'contents_grains'",
  },
]);
