import type { ReadHost } from '../../kit/index.ts';
import { openrc } from './openrc.ts';
import type { ServiceManager } from './service-manager.ts';
import { systemd } from './systemd.ts';
import { sysvinit } from './sysvinit.ts';

/** The service manager of a machine: systemd where it is process 1, OpenRC where it runs, init scripts otherwise. */
export async function chooseServiceManager(host: ReadHost): Promise<ServiceManager> {
  if ((await host.files.stat('/run/systemd/system')) !== undefined) return systemd;
  return (await host.files.stat('/run/openrc')) === undefined ? sysvinit : openrc;
}
