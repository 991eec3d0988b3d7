import path from 'node:path';
import { dumpYaml, pythonStr, type Dict } from '@brine/common';

/** Where `beacons.save` writes to, which the minion reads when it starts: `beacons.conf` in its first folder of included files. */
export function savedBeaconsFile(options: Dict): string {
  const configuration = pythonStr(options.get('conf_file') ?? '/etc/salt/minion');
  const included = pythonStr(options.get('default_include') ?? 'minion.d/*.conf');
  return path.resolve(path.dirname(configuration), path.dirname(included), 'beacons.conf');
}

/** What `beacons.save` writes: the beacons as configuration; nothing when there are none. */
export function savedBeaconsText(beacons: Dict): string {
  return beacons.size === 0 ? '' : dumpYaml(new Map([['beacons', beacons]]));
}
