import { compilePythonRegex, type Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { isDirectory } from '../files/paths.ts';
import { findActive, type ActiveMount } from './active-mounts.ts';
import { changedOptions, type OptionRules } from './changed-options.ts';
import { mountAround, namesOfDevice, resolveDevice } from './device-names.ts';
import { lastOptions } from './mount-cache.ts';

/** A mount as `mount.mounted` describes it. */
export interface MountRequest extends OptionRules {
  readonly name: string;
  readonly device: string;
  readonly fstype: string;
  readonly opts: readonly string[];
  readonly mkmnt: boolean;
  readonly mount: boolean;
  readonly device_name_regex: readonly string[];
  readonly bind_mount_copy_active_opts: boolean;
  /** Where the options of earlier mounts are remembered. */
  readonly cache: string;
}

/** What is to be done so that a device is mounted, told in Salt's words. */
export interface MountPlan {
  readonly action: 'none' | 'make' | 'mount' | 'remount' | 'replace';
  /** What a dry run says. */
  readonly pending: string;
  /** What is said when it is done, or when there is nothing to do. */
  readonly done: string;
  readonly changes: Readonly<Record<string, Plain>>;
}

/** Compares what is mounted with a request; a text says why that cannot be done. */
export async function planMount(host: ReadHost, request: MountRequest): Promise<MountPlan | string> {
  const active = await findActive(host, request.name);
  if (active === undefined) return planNew(host, request);
  if (!request.mount) return nothing('Target was already mounted');
  const device = await resolveDevice(host, request.device);
  if (device === undefined && /^LABEL=/i.test(request.device))
    return `Unable to find device with label ${request.device.slice('LABEL='.length)}.`;
  return (
    (await planReplacement(host, request, { active, device: device ?? request.device })) ??
    (await planRemount(host, request, active)) ??
    nothing('Target was already mounted')
  );
}

function nothing(done: string): MountPlan {
  return { action: 'none', pending: done, done, changes: {} };
}

async function planNew(host: ReadHost, { name, mount, mkmnt }: MountRequest): Promise<MountPlan> {
  const isThere = await isDirectory(host, name);
  if (!mount) {
    if (isThere) return nothing(`${name} not mounted`);
    if (!mkmnt) return nothing(`${name} not present and not mounted`);
    const pending = `${name} would be created, but not mounted`;
    return { action: 'make', pending, done: `${name} was created, not mounted`, changes: { created: name } };
  }
  const wish = isThere
    ? `${name} would be mounted`
    : mkmnt
      ? `${name} would be created and mounted`
      : `${name} does not exist and would not be created`;
  return { action: 'mount', pending: wish, done: 'Target was successfully mounted', changes: { mount: true } };
}

interface Found {
  readonly active: ActiveMount;
  /** The device wanted, as the system knows it. */
  readonly device: string;
}

async function planReplacement(
  host: ReadHost,
  request: MountRequest,
  { active, device }: Found,
): Promise<MountPlan | undefined> {
  const names = await namesOfDevice(host, active);
  const around = request.opts.includes('bind') ? await mountAround(host, request.device) : undefined;
  const wanted = [device, request.device, ...(around === undefined ? [] : [around.device])];
  if (wanted.some((one) => names.includes(one))) return undefined;
  const ignored = names.find((one) => request.device_name_regex.some((regex) => matchesStart(regex, one)));
  if (ignored !== undefined)
    return nothing(`An umount will not be forced because device matched device_name_regex: ${ignored}`);
  const real = device === request.device ? '' : ` (${device})`;
  return {
    action: 'replace',
    pending: `An umount would have been forced because devices do not match.  Watched: ${request.device}`,
    done: 'Target was successfully mounted',
    changes: {
      umount: `Forced unmount because devices don't match. Wanted: ${request.device}${real}, current: ${names.join(', ')}`,
      mount: true,
    },
  };
}

function matchesStart(regex: string, device: string): boolean {
  return compilePythonRegex(regex, 'y').test(device);
}

/** Whether a kind of file system takes new options only when it is mounted anew. */
export function needsNewMount(type: string): boolean {
  return ['nfs', 'cvfs'].includes(type) || type.startsWith('fuse');
}

async function planRemount(host: ReadHost, request: MountRequest, active: ActiveMount): Promise<MountPlan | undefined> {
  const { opts, fstype: type } = request;
  const isBind = opts.includes('bind');
  const around = isBind && request.bind_mount_copy_active_opts ? await mountAround(host, request.device) : undefined;
  const options = [...new Set([...opts, ...(around?.options ?? []), ...(around?.superOptions ?? [])])];
  const changed = await changedOptions(host, { options, type, rules: request }, active);
  const gone = (await lastOptions(host, request.cache, active.name)).filter((option) => !options.includes(option));
  if (changed.length === 0 && gone.length === 0) return undefined;
  const reason = `options (${(changed.length > 0 ? changed : gone.toSorted()).join(',')}) changed`;
  const what = needsNewMount(type) ? 'Forced unmount and mount' : 'Forced remount';
  return {
    action: 'remount',
    pending: `Remount would be forced because ${reason}`,
    done: 'Target was already mounted',
    changes: { umount: `${what} because ${reason}` },
  };
}
