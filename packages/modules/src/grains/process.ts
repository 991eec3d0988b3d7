import type { Plain } from '@brine/common';
import { defineGrain } from '../kit/define-grain.ts';
import { readOptional } from './read-file.ts';

export const ownProcess = defineGrain({
  name: 'process',
  summary: 'The process of the minion.',
  grains: {
    pid: 'Number of the process.',
    cwd: 'Its working folder.',
    uid: 'Number of its user.',
    gid: 'Number of its group.',
    username: 'Name of its user.',
    groupname: 'Name of its group.',
    path: 'Its search path.',
    systempath: 'The folders of its search path.',
    shell: 'The shell commands are run by.',
    ps: 'The command that lists all processes.',
  },
  async collect({ host, machine }) {
    const { uid, gid } = host.identity();
    const [account, group] = await Promise.all([host.account(uid), host.group(gid)]);
    const { id, workingDirectory } = machine.process();
    const path = machine.environment()['PATH'] ?? '';
    return {
      pid: id,
      cwd: workingDirectory,
      uid,
      gid,
      username: account?.name ?? String(uid),
      groupname: group?.name ?? '',
      path,
      systempath: path.split(':'),
      shell: machine.environment()['SHELL'] ?? '/bin/sh',
      ps: 'ps -efHww',
    };
  },
});

export const locale = defineGrain({
  name: 'locale',
  summary: 'Language, encoding and time zone.',
  grains: { locale_info: '`defaultlanguage`, `defaultencoding`, `detectedencoding` and `timezone`.' },
  async collect({ machine }) {
    const variables = machine.environment();
    const named = ['LC_ALL', 'LC_CTYPE', 'LANG', 'LANGUAGE'].map((name) => variables[name]).find(Boolean) ?? 'C';
    return { locale_info: { ...readLocale(named), detectedencoding: 'utf-8', timezone: machine.timeZone() } };
  },
});

export const identity = defineGrain({
  name: 'identity',
  summary: 'What tells this installation from others.',
  grains: { machine_id: 'The id systemd or D-Bus gave the installation.' },
  async collect({ host }) {
    const id = (await readOptional(host, '/etc/machine-id')) || (await readOptional(host, '/var/lib/dbus/machine-id'));
    return id.trim() === '' ? {} : { machine_id: id.trim() };
  },
});

/** Language and encoding of a locale such as `de_DE.UTF-8`, as Python's `getdefaultlocale` tells them. */
export function readLocale(name: string): Record<string, Plain> {
  const [, language = '', encoding] = /^([^.@:]*)(?:\.([^@:]*))?/.exec(name) ?? [];
  if (language === 'C' || language === 'POSIX' || language === '') {
    const known = encoding === undefined ? null : encoding.toUpperCase().replace(/^UTF8$/, 'UTF-8');
    return { defaultlanguage: known === null ? null : 'en_US', defaultencoding: known };
  }
  return { defaultlanguage: language, defaultencoding: (encoding ?? 'ISO8859-1').replace(/^utf-?8$/i, 'UTF-8') };
}
