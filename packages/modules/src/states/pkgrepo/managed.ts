import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  lineText,
  optional,
  text,
  unsupported,
  withDefault,
} from '../../kit/index.ts';
import { checkRepository } from '../../providers/repositories/check-repository.ts';

/** `pkgrepo.managed` */
export const managed = defineState({
  name: 'pkgrepo.managed',
  summary: 'Keeps a package repository configured, on apt.',
  args: z.object({
    name: lineText().describe('The line of the sources list, e.g. deb http://host/debian stable main.'),
    humanname: optional(lineText()).describe('What the repository is called.'),
    file: optional(lineText()).describe('The sources list it stands in; /etc/apt/sources.list unless given.'),
    dist: optional(lineText()).describe('The release, in place of that of the line.'),
    comps: optional(commaList()).describe('The components, in place of those of the line.'),
    architectures: optional(commaList()).describe('Architectures that are taken from it.'),
    signedby: optional(lineText()).describe('Path of the key file the repository is checked with.'),
    key_url: optional(lineText()).describe('URL of its key.'),
    key_text: optional(text()).describe('The key itself.'),
    keyid: optional(commaList()).describe('Ids of keys that are fetched from keyserver.'),
    keyserver: optional(lineText()).describe('Where keyid is fetched from.'),
    aptkey: withDefault(flag(), true).describe('Accepted for compatibility: keys are always files of their own.'),
    disabled: optional(flag()).describe('Whether the line is commented out.'),
    enabled: optional(flag()).describe('The opposite of disabled.'),
    clean_file: withDefault(flag(), false).describe('Whether other lines of the file are removed.'),
    refresh: withDefault(flag(), true).describe('Whether the package lists are refreshed after a change.'),
    refresh_db: optional(flag()).describe('Another name of refresh.'),
    consolidate: withDefault(flag(), false).describe('Accepted for compatibility.'),
    ppa: unsupported('Launchpad PPAs by name; give their line and key_url'),
  }),
  examples: [
    `deb [signed-by=/usr/share/keyrings/example.gpg] https://apt.example.org stable main:
  pkgrepo.managed:
    - file: /etc/apt/sources.list.d/example.list
    - key_url: salt://apt/example.gpg`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    if (args.name.startsWith('ppa:'))
      return fails('Launchpad PPAs by name are not supported; give their line and key_url');
    if ((await context.host.which('apt-get')) === undefined) return fails('pkgrepo.managed is supported on apt only');
    return checkRepository(args, context);
  },
});
