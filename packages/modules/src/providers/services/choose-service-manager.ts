import type { ReadHost } from '../../kit/index.ts';
import { openrc } from './openrc.ts';
import { hasRunit, runit } from './runit.ts';
import type { ServiceManager } from './service-manager.ts';
import { systemd } from './systemd.ts';
import { sysvinit } from './sysvinit.ts';

/**
 * The service manager of a machine, by the marks that a running one leaves, which the grain `init` rests on too: systemd,
 * OpenRC or runit; init scripts otherwise.
 */
export async function chooseServiceManager(host: ReadHost): Promise<ServiceManager> {
  if ((await host.files.stat('/run/systemd/system')) !== undefined) return systemd;
  if ((await host.files.stat('/run/openrc')) !== undefined) return openrc;
  return (await hasRunit(host)) ? runit : sysvinit;
}
