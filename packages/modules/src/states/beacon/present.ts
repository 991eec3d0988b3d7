import { equalValues, isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { diffTexts } from '../../providers/text/unified-diff.ts';
import { readBeaconSettings, validateBeacon } from '../../beacons/beacon.ts';
import { beaconTable } from '../../beacons/table.ts';
import { defineState, fails } from '../../kit/index.ts';
import { isRight, listBeacons, nameArgument, saveArgument, willCall } from '../../providers/beacons/beacon-state.ts';

/** `beacon.present` */
export const present = defineState({
  name: 'beacon.present',
  summary: 'Keeps a beacon configured: all other arguments are its settings.',
  args: z.object({ ...nameArgument, ...saveArgument }),
  acceptsUnknown: true,
  examples: [
    `ps:
  beacon.present:
    - save: True
    - processes:
        salt-master: running
        apache2: stopped`,
    `inotify_ntp:
  beacon.present:
    - beacon_module: inotify
    - interval: 10
    - files:
        /etc/ntp.conf:
          mask: [modify]`,
  ],
  async check({ name, save }, context) {
    const wanted: Value = [...context.unknownArguments].map(([key, value]) => new Map([[key, value]]));
    const current = (await listBeacons(context)).get(name);
    if (current !== undefined && equalValues(current, wanted)) {
      return isRight(context, { name, save, comment: `Job ${name} in correct state` });
    }
    const kind = pythonStr(readBeaconSettings(wanted)?.get('beacon_module') ?? name);
    const declaration = beaconTable.get(kind);
    if (declaration === undefined) return fails(`Beacon "${kind}" is not available.`);
    const problem = validateBeacon(declaration, wanted);
    const [fun, doing, done] =
      current === undefined
        ? ['add', 'adding', `Adding ${name} to beacons`]
        : ['modify', 'modifying', `Modifying ${name} in beacons`];
    if (problem !== undefined) return fails(`Beacon ${name} configuration invalid, not ${doing}.\n${problem}`);
    const changes: Readonly<Record<string, string>> =
      current === undefined ? { [name]: 'added' } : { diff: diffTexts(lines(current), lines(wanted)) };
    return willCall(context, { name, fun: `beacons.${fun}`, positional: [name, wanted], done, changes, save });
  },
});

/** The settings of a beacon, one a line. */
function lines(config: Value): string {
  return (Array.isArray(config) ? config : [config])
    .flatMap((item) => (isDict(item) ? [...item] : []))
    .map(([key, value]) => `${pythonStr(key)}:${pythonStr(value)}\n`)
    .join('');
}
