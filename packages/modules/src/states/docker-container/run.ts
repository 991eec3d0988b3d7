import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  integer,
  lineText,
  optional,
  text,
  unsupported,
  withDefault,
} from '../../kit/index.ts';
import { containerArguments } from '../../providers/docker/container-settings.ts';
import { toNetworkWishes } from '../../providers/docker/containers.ts';
import { checkRun } from '../../providers/docker/run-container.ts';

const own = {
  image: optional(text()).describe('The image.'),
  bg: withDefault(flag(), false).describe('Whether nobody waits for its end.'),
  failhard: withDefault(flag(), true).describe('Whether an exit status other than 0 is a failure.'),
  replace: withDefault(flag(), false).describe('Whether a container of that name is removed first.'),
  force: withDefault(flag(), false).describe('Whether that is done while it runs, too.'),
  networks: optional(anyValue()).describe('The networks it is put on: names, or names with settings.'),
  stdout: withDefault(flag(), true).describe('Whether what it writes to its output is told.'),
  stderr: withDefault(flag(), true).describe('Whether what it writes to its error output is told.'),
  timestamps: withDefault(flag(), false).describe('Whether each line of that has its time.'),
  tail: withDefault(lineText(), 'all').describe('How many lines at its end are told.'),
  client_timeout: optional(integer()).describe('Accepted; a container may run as long as it likes.'),
  validate_ip_addrs: optional(flag()).describe('Accepted; the daemon validates addresses.'),
  ignore_collisions: optional(flag()).describe('Accepted; a setting given twice is always refused.'),
  skip_translate: unsupported('values in the form of docker-py'),
};

/** `docker_container.run` */
export const run = defineState({
  name: 'docker_container.run',
  summary: 'Runs a container to its end and tells what it wrote.',
  args: z.object({ name: lineText().describe('Name of the container.'), ...own, ...containerArguments }),
  examples: [
    `build_package:
  docker_container.run:
    - image: example/builder:latest
    - binds: /srv/builds:/build
    - command: /scripts/build.sh 1.0
    - replace: true
    - rm: true`,
  ],
  notIdempotent: 'only the container knows whether it has something to do; creates, onlyif and unless tell',
  async check(args, context) {
    const { name, image, bg, failhard, replace, force, stdout, stderr, timestamps, tail } = args;
    if (image === undefined) return fails("The 'image' argument is required");
    const { auto_remove: remove, rm, ...settings } = args as typeof args & Readonly<Record<string, unknown>>;
    if (remove !== undefined && rm !== undefined)
      return fails("'rm' is an alias for 'auto_remove', they cannot both be used");
    try {
      const networks = toNetworkWishes(args.networks) ?? [];
      const shared = { name, image, bg, failhard, replace, force, networks, settings };
      const removes = isOn(remove ?? rm);
      return await checkRun({ ...shared, removes, logs: { stdout, stderr, timestamps, tail } }, context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

function isOn(value: unknown): boolean {
  return flag().safeParse(value).data === true;
}
