import type { ReadHost } from '../../kit/index.ts';
import { openrc } from './openrc.ts';
import { hasRunit, runit } from './runit.ts';
import { hasS6, s6 } from './s6.ts';
import type { ServiceManager } from './service-manager.ts';
import { systemd } from './systemd.ts';
import { sysvinit } from './sysvinit.ts';

/**
 * The service manager of a machine, by the marks that a running one leaves, which the grain `init` rests on too: systemd,
 * OpenRC, runit or s6; init scripts otherwise.
 */
export async function chooseServiceManager(host: ReadHost): Promise<ServiceManager> {
  if ((await host.files.stat('/run/systemd/system')) !== undefined) return systemd;
  if ((await host.files.stat('/run/openrc')) !== undefined) return openrc;
  if (await hasRunit(host)) return runit;
  return (await hasS6(host)) ? s6 : sysvinit;
}
