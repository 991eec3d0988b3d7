import { describeState } from '@brine/testkit';
import { append } from './append.ts';
import { blockreplace } from './blockreplace.ts';
import { comment } from './comment.ts';
import { copy } from './copy.ts';
import { keyvalue } from './keyvalue.ts';
import { line } from './line.ts';
import { prepend } from './prepend.ts';
import { recurse } from './recurse.ts';
import { rename } from './rename.ts';
import { replace } from './replace.ts';
import { serialize } from './serialize.ts';
import { uncomment } from './uncomment.ts';

describeState(append, [
  {
    title: 'adds the lines that are missing, in order',
    before: { files: { '/etc/rc': 'a\nb\n' } },
    arguments: { name: '/etc/rc', text: ['b', 'c', 'd'] },
    pending: {
      comment: 'File /etc/rc is set to be updated',
      changes: { diff: '--- \n\n+++ \n\n@@ -1,2 +1,4 @@\n\n a\n b\n+c\n+d' },
    },
    applied: { comment: 'Appended 2 lines' },
    after: { '/etc/rc': 'a\nb\nc\nd\n' },
  },
  {
    title: 'makes a file that is missing',
    arguments: { name: '/etc/new', text: 'first\nsecond\n' },
    pending: { comment: 'File /etc/new is set to be created', changes: { new: '/etc/new' } },
    applied: { comment: 'Appended 2 lines', changes: { diff: '--- \n\n+++ \n\n@@ -0,0 +1,2 @@\n\n+first\n+second' } },
    after: { '/etc/new': 'first\nsecond\n' },
  },
]);
describeState(prepend, [
  {
    title: 'insists on the very first lines with header',
    before: { files: { '/srv/run': 'echo\n#!/bin/sh\n' } },
    arguments: { name: '/srv/run', text: '#!/bin/sh', header: true },
    pending: {
      comment: 'File /srv/run is set to be updated',
      changes: { diff: '--- \n+++ \n@@ -1,2 +1,3 @@\n+#!/bin/sh\n echo\n #!/bin/sh\n' },
    },
    applied: { comment: 'Prepended 1 lines' },
    after: { '/srv/run': '#!/bin/sh\necho\n#!/bin/sh\n' },
  },
]);
describeState(replace, [
  {
    title: 'replaces with groups and keeps the old file',
    before: { files: { '/etc/my.cnf': 'max=100\n' } },
    arguments: { name: '/etc/my.cnf', pattern: '^(max)=\\d+', repl: '\\1 = 400' },
    pending: {
      comment: 'Changes would have been made',
      changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-max=100\n+max = 400\n' },
    },
    applied: { comment: 'Changes were made' },
    after: { '/etc/my.cnf': 'max = 400\n', '/etc/my.cnf.bak': 'max=100\n' },
  },
  {
    title: 'shows lines that it adds as one',
    before: { files: { '/etc/my.cnf': 'max=100\n' } },
    arguments: {
      name: '/etc/my.cnf',
      pattern: '^none$',
      repl: 'min=1\nmid=2\n',
      append_if_not_found: true,
      backup: false,
    },
    pending: {
      comment: 'Changes would have been made',
      changes: { diff: '--- \n+++ \n@@ -1 +1,2 @@\n max=100\n+min=1\nmid=2\n\n' },
    },
    applied: { comment: 'Changes were made' },
    after: { '/etc/my.cnf': 'max=100\nmin=1\nmid=2\n\n' },
  },
  {
    title: 'says which file is missing',
    arguments: { name: '/etc/none', pattern: 'a', repl: 'b' },
    fails: '/etc/none: file not found',
  },
  {
    title: 'takes a missing file for well when told',
    arguments: { name: '/etc/none', pattern: 'a', repl: 'b', ignore_if_missing: true },
    ok: 'No changes needed to be made',
  },
]);
describeState(blockreplace, [
  {
    title: 'keeps a block between its markers, with what was accumulated',
    before: { files: { '/etc/hosts': '#B\nold\n#E\n' } },
    surroundings: { accumulated: { lines: ['gathered'] } },
    arguments: { name: '/etc/hosts', marker_start: '#B', marker_end: '#E', content: 'own', backup: false },
    pending: {
      comment: 'Changes would be made',
      changes: { diff: '--- \n+++ \n@@ -1,3 +1,4 @@\n #B\n-old\n+own\n+gathered\n #E\n' },
    },
    applied: { comment: 'Changes were made' },
    after: { '/etc/hosts': '#B\nown\ngathered\n#E\n' },
  },
]);
describeState(line, [
  {
    title: 'puts a line after its neighbour',
    before: { files: { '/etc/sshd': 'Port 22\n# auth\nUsePAM yes\n' } },
    arguments: { name: '/etc/sshd', mode: 'Ensure', content: 'PermitRootLogin no', after: '# auth' },
    pending: {
      comment: 'Changes would be made',
      changes: { diff: '--- \n+++ \n@@ -1,3 +1,4 @@\n Port 22\n # auth\n+PermitRootLogin no\n UsePAM yes\n' },
    },
    applied: { comment: 'Changes were made' },
    after: { '/etc/sshd': 'Port 22\n# auth\nPermitRootLogin no\nUsePAM yes\n' },
  },
  {
    title: 'gives the file its owner and mode, in every run',
    before: {
      files: { '/etc/sshd': { text: 'Port 22\n', mode: 0o644 } },
      passwd: ['web:x:1000:1000::/home/web:/bin/sh'],
    },
    arguments: {
      name: '/etc/sshd',
      mode: 'insert',
      content: 'UsePAM yes',
      after: 'Port',
      user: 'web',
      file_mode: '0600',
      show_changes: false,
    },
    pending: { comment: 'Changes would be made', changes: { diff: true, user: 'web', mode: '0600' } },
    applied: { comment: 'Changes were made' },
    after: { '/etc/sshd': { text: 'Port 22\nUsePAM yes\n', mode: 0o600, uid: 1000 } },
  },
  {
    title: 'wants a mode',
    arguments: { name: '/etc/x', content: 'x' },
    fails: 'Mode was not defined. How to process the file?',
  },
]);
describeState(comment, [
  {
    title: 'comments out matching lines',
    before: { files: { '/etc/sudoers': '%admin ALL\n%sudo ALL\n' } },
    arguments: { name: '/etc/sudoers', regex: '^%admin', backup: false },
    pending: {
      comment: 'File /etc/sudoers is set to be updated',
      changes: { diff: '--- \n+++ \n@@ -1,2 +1,2 @@\n-%admin ALL\n+#%admin ALL\n %sudo ALL\n' },
    },
    applied: { comment: 'Commented lines successfully' },
    after: { '/etc/sudoers': '#%admin ALL\n%sudo ALL\n' },
  },
  {
    title: 'is content with whole lines that are comments, whatever longer ones there are',
    before: { files: { '/etc/fstab': '//one\none two\n' } },
    arguments: { name: '/etc/fstab', regex: '^one$', char: '//' },
    ok: 'Commented lines successfully',
  },
  {
    title: 'names a pattern that matches nothing',
    before: { files: { '/etc/sudoers': 'x\n' } },
    arguments: { name: '/etc/sudoers', regex: '^none' },
    fails: 'none: Pattern not found',
  },
]);
describeState(uncomment, [
  {
    title: 'takes comment signs away',
    before: { files: { '/etc/app': '#include x\n' } },
    arguments: { name: '/etc/app', regex: 'include', backup: false },
    pending: {
      comment: 'File /etc/app is set to be updated',
      changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-#include x\n+include x\n' },
    },
    applied: { comment: 'Uncommented lines successfully' },
    after: { '/etc/app': 'include x\n' },
  },
]);
describeState(keyvalue, [
  {
    title: 'shows no changes when told to, and takes one key before several',
    before: { files: { '/etc/app': 'a=1\n' } },
    arguments: { name: '/etc/app', key: 'a', value: '9', key_values: { a: '2' }, show_changes: false },
    pending: { comment: 'File /etc/app is set to be changed (1 lines)', changes: {} },
    applied: { comment: 'Changed 1 lines', changes: {} },
    after: { '/etc/app': 'a=9\n' },
  },
  {
    title: 'refuses an empty separator',
    arguments: { name: '/etc/app', key: 'a', value: '9', separator: '' },
    fails: 'The separator is empty',
  },
  {
    title: 'changes all lines of a key without a number of them, but none that are comments',
    before: { files: { '/etc/app': '#a=1\na=2\na=3\n' } },
    arguments: { name: '/etc/app', key: 'a', value: '9', uncomment: '#', count: -1 },
    pending: {
      comment:
        'File /etc/app is set to be changed (2 lines)\nPredicted diff:\n\r\t\t- a=2\n\r\t\t+ a=9\n\r\t\t- a=3\n\r\t\t+ a=9\n',
      changes: { diff: '- a=2\n+ a=9\n- a=3\n+ a=9\n' },
    },
    applied: { comment: 'Changed 2 lines' },
    after: { '/etc/app': '#a=1\na=9\na=9\n' },
  },
  {
    title: 'sets, revives and appends keys',
    before: { files: { '/etc/sshd': 'Root yes\n# Grace 2m\n' } },
    arguments: {
      name: '/etc/sshd',
      key_values: { root: 'no', Grace: '30s', Max: '3' },
      separator: ' ',
      uncomment: '# ',
      key_ignore_case: true,
      append_if_not_found: true,
    },
    pending: {
      comment:
        'File /etc/sshd is set to be changed (3 lines)\nPredicted diff:\n\r\t\t- Root yes\n\r\t\t+ Root no\n\r\t\t- # Grace 2m\n\r\t\t+ Grace 30s\n\r\t\t- <EOF>\n\r\t\t+ Max 3\n\r\t\t+ <EOF>\n',
      changes: { diff: '- Root yes\n+ Root no\n- # Grace 2m\n+ Grace 30s\n- <EOF>\n+ Max 3\n+ <EOF>\n' },
    },
    applied: { comment: 'Changed 3 lines' },
    after: { '/etc/sshd': 'Root no\nGrace 30s\nMax 3\n' },
  },
]);
describeState(serialize, [
  {
    title: 'writes in the encoding asked for, and what that lacks as told',
    arguments: {
      name: '/etc/d.yaml',
      dataset: { a: 'd\u00e9' },
      formatter: 'yaml',
      encoding: 'ascii',
      encoding_errors: 'replace',
    },
    pending: {
      comment: 'Dataset will be serialized and stored into /etc/d.yaml',
      changes: { newfile: '/etc/d.yaml' },
    },
    applied: { comment: 'File /etc/d.yaml updated', changes: { diff: 'New file' } },
    after: { '/etc/d.yaml': 'a: d?\n' },
  },
  {
    title: 'refuses letters that the encoding lacks',
    arguments: { name: '/etc/d.yaml', dataset: { a: 'd\u00e9' }, formatter: 'yaml', encoding: 'ascii' },
    fails: "'ascii' codec can't encode character '\\xe9'",
  },
  {
    title: 'lays data over what a file has',
    before: { files: { '/etc/d.json': '{"debug": true, "keep": 1}' } },
    arguments: {
      name: '/etc/d.json',
      dataset: { debug: false },
      formatter: 'json',
      merge_if_exists: true,
      show_changes: false,
    },
    pending: {
      comment: 'Dataset will be serialized and stored into /etc/d.json',
      changes: { diff: '<show_changes=False>' },
    },
    applied: { comment: 'File /etc/d.json updated' },
    after: { '/etc/d.json': '{\n  "debug": false,\n  "keep": 1\n}\n' },
  },
  {
    title: 'lays data over what a file of TOML has',
    before: { files: { '/etc/d.toml': '# gone\nkeep = 1\n\n[server]\nport = 80\n' } },
    arguments: {
      ...{ name: '/etc/d.toml', serializer: 'toml', merge_if_exists: true, show_changes: false },
      dataset: { server: { port: 443 } },
    },
    pending: {
      comment: 'Dataset will be serialized and stored into /etc/d.toml',
      changes: { diff: '<show_changes=False>' },
    },
    applied: { comment: 'File /etc/d.toml updated' },
    after: { '/etc/d.toml': 'keep = 1\n\n[server]\nport = 443\n\n' },
  },
  {
    title: 'leaves a property list that has the data',
    before: {
      files: { '/etc/d.plist': '<plist><dict><key>a</key><true/><key>b</key><integer>1</integer></dict></plist>' },
    },
    arguments: { name: '/etc/d.plist', serializer: 'plist', merge_if_exists: true, dataset: { a: true } },
    ok: 'The file /etc/d.plist is in the correct state',
  },
  {
    title: 'lays no data over what it cannot read',
    before: { files: { '/etc/d.toml': 'since = 2026-01-01\n' } },
    arguments: { name: '/etc/d.toml', serializer: 'toml', merge_if_exists: true, dataset: { a: 1 } },
    fails: 'Failed to deserialize existing data: not TOML: a date or time, which no data stand for (line 1)',
  },
]);
describeState(copy, [
  {
    title: 'leaves an existing target alone',
    before: { files: { '/srv/a': 'a', '/srv/b': 'b' } },
    arguments: { name: '/srv/b', source: '/srv/a' },
    ok: 'The target file "/srv/b" exists and will not be overwritten',
  },
  {
    title: 'shows the owner and mode a copy gets',
    before: { passwd: ['www:x:33:33::/:/bin/sh'], group: ['www:x:33:'], files: { '/srv/a': 'a' } },
    arguments: { name: '/srv/b', source: '/srv/a', user: 'www', mode: '0600' },
    pending: {
      comment: 'File "/srv/a" is set to be copied to "/srv/b"',
      changes: { '/srv/b': '/srv/a', user: 'www', group: 'www', mode: '0600' },
    },
    applied: { comment: 'Copied "/srv/a" to "/srv/b"' },
    after: { '/srv/b': { text: 'a', uid: 33, gid: 33, mode: 0o600 } },
  },
  {
    title: 'copies a tree',
    before: { files: { '/srv/a/x/f': 'f', '/srv/a/l': { link: 'x' } } },
    arguments: { name: '/srv/b', source: '/srv/a' },
    pending: { comment: 'File "/srv/a" is set to be copied to "/srv/b"', changes: { '/srv/b': '/srv/a' } },
    applied: { comment: 'Copied "/srv/a" to "/srv/b"' },
    after: { '/srv/b/x/f': 'f', '/srv/b/l': { link: 'x' } },
  },
]);
describeState(rename, [
  {
    title: 'moves once',
    before: { files: { '/srv/a': 'a' } },
    arguments: { name: '/srv/sub/b', source: '/srv/a', makedirs: true },
    pending: { comment: 'File "/srv/a" is set to be moved to "/srv/sub/b"', changes: { '/srv/sub/b': '/srv/a' } },
    applied: { comment: 'Moved "/srv/a" to "/srv/sub/b"' },
    after: { '/srv/a': undefined, '/srv/sub/b': 'a' },
  },
]);
describeState(recurse, [
  {
    title: 'cleans away what the tree lacks',
    before: { files: { '/srv/conf/old/x': 'x', '/srv/conf/a': 'a\n' } },
    surroundings: { served: { 'conf/a': 'a\n', 'conf/skip.md': 'docs' } },
    arguments: { name: '/srv/conf', source: 'salt://conf', clean: true, exclude_pat: '*.md' },
    pending: {
      comment: '#### removed ####\n/srv/conf/old\n/srv/conf/old/x',
      changes: { removed: ['/srv/conf/old', '/srv/conf/old/x'] },
    },
    applied: { comment: 'Recursively updated /srv/conf', changes: { removed: ['/srv/conf/old'] } },
    after: { '/srv/conf/old': undefined, '/srv/conf/a': 'a\n', '/srv/conf/skip.md': undefined },
  },
  {
    title: 'takes several patterns of what is wanted and of what is not',
    before: { files: { '/srv/conf': { directory: true } } },
    surroundings: { served: { 'conf/a': 'a\n', 'conf/b.md': 'b', 'conf/c.md': 'c' } },
    arguments: { name: '/srv/conf', source: 'salt://conf', include_pat: ['a', '*.md'], exclude_pat: ['x', 'c*'] },
    pending: {
      comment:
        '#### /srv/conf/a ####\nThe file /srv/conf/a is set to be changed\nNote: No changes made, actual changes may\nbe different due to other states.\n\n#### /srv/conf/b.md ####\nThe file /srv/conf/b.md is set to be changed\nNote: No changes made, actual changes may\nbe different due to other states.',
      changes: { '/srv/conf/a': { newfile: '/srv/conf/a' }, '/srv/conf/b.md': { newfile: '/srv/conf/b.md' } },
    },
    applied: {
      comment: 'Recursively updated /srv/conf',
      changes: {
        '/srv/conf/a': { diff: 'New file', mode: '0644' },
        '/srv/conf/b.md': { diff: 'New file', mode: '0644' },
      },
    },
    after: { '/srv/conf/a': 'a\n', '/srv/conf/b.md': 'b', '/srv/conf/c.md': undefined },
  },
  {
    title: 'names a tree that is not served',
    arguments: { name: '/srv/conf', source: 'salt://none' },
    fails: 'Recurse failed: none of the specified sources were found',
  },
  {
    title: 'names a file in the place of a tree',
    surroundings: { served: { 'conf/a': 'a\n' } },
    arguments: { name: '/srv/conf', source: ['salt://none', 'salt://conf/a'] },
    fails: "The directory 'conf/a' does not exist on the salt fileserver in saltenv 'base'",
  },
]);
