import type { BeaconDeclaration } from './beacon.ts';
import { certInfo } from './cert-info.ts';
import { diskusage } from './diskusage.ts';
import { httpStatus } from './http-status.ts';
import { inotify } from './inotify.ts';
import { journald } from './journald.ts';
import { load } from './load.ts';
import { log } from './log.ts';
import { btmp, wtmp } from './logins.ts';
import { memusage, swapusage } from './memory.ts';
import { networkInfo } from './network-info.ts';
import { networkSettings } from './network-settings.ts';
import { pkg } from './pkg.ts';
import { ps } from './ps.ts';
import { saltMonitor } from './salt-monitor.ts';
import { service } from './service.ts';
import { sh } from './sh.ts';
import { status } from './status.ts';

/** Every kind of beacon by its name. */
export const beaconTable: ReadonlyMap<string, BeaconDeclaration> = new Map(
  [
    ...[btmp, certInfo, diskusage, httpStatus, inotify, journald, load, log, memusage, networkInfo, networkSettings],
    ...[pkg, ps, saltMonitor, service, sh, status, swapusage, wtmp],
  ].map((beacon) => [beacon.name, beacon]),
);
