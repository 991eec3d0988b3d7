import path from 'node:path';
import { dumpYaml, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { savedBeaconsFile, savedBeaconsText } from '../../providers/beacons/saved-beacons.ts';
import { ask, listed } from './ask.ts';

const asYaml = withDefault(flag(), true).describe('Whether the answer is a text in YAML.');

function shown(beacons: Value, isYaml: boolean): Value {
  return isYaml ? dumpYaml(new Map([['beacons', beacons]])) : beacons;
}

export const list = defineFunction({
  name: 'beacons.list',
  summary: 'The beacons that are configured.',
  args: z.object({
    return_yaml: asYaml,
    include_pillar: withDefault(flag(), true).describe('Whether those of the pillar are among them.'),
    include_opts: withDefault(flag(), true).describe('Whether those of the configuration are among them.'),
    kwargs: dict().describe('Nothing else counts.'),
  }),
  keywords: 'kwargs',
  examples: ["'*' beacons.list", "'*' beacons.list include_pillar=False"],
  async run({ return_yaml, include_pillar, include_opts }, context) {
    return shown(await listed(context, { pillar: include_pillar, opts: include_opts }), return_yaml);
  },
});

export const listAvailable = defineFunction({
  name: 'beacons.list_available',
  summary: 'The kinds of beacons there are.',
  args: z.object({ return_yaml: asYaml, kwargs: dict().describe('Nothing else counts.') }),
  keywords: 'kwargs',
  examples: ["'*' beacons.list_available"],
  async run({ return_yaml }, context) {
    return shown(await ask(context, { func: 'list_available' }), return_yaml);
  },
});

export const save = defineFunction({
  name: 'beacons.save',
  summary: 'Writes the beacons that are configured, without those of the pillar, to `beacons.conf` of the minion.',
  args: z.object({ kwargs: dict().describe('Nothing else counts.') }),
  keywords: 'kwargs',
  examples: ["'*' beacons.save"],
  async run(_args, context) {
    const beacons = await listed(context, { pillar: false, opts: true });
    const file = savedBeaconsFile(context.options);
    const text = savedBeaconsText(beacons);
    try {
      const { files } = context.host;
      const folder = path.dirname(file);
      if ((await files.stat(folder)) === undefined) await files.makeDirectory(folder, { parents: true });
      await context.host.files.write(file, new TextEncoder().encode(text));
    } catch (error) {
      context.log.warn('beacons could not be saved', { file, error });
      const comment = `Unable to write to beacons file at ${file}. Check permissions.`;
      return { comment, result: false };
    }
    return { comment: `Beacons saved to ${file}.`, result: true };
  },
});
