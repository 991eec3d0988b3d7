import type { Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { isDirectory } from '../files/paths.ts';
import { gidOf } from '../files/ownership.ts';
import { readShadow, type ShadowEntry } from './shadow-file.ts';
import type { UserFacts } from './user-facts.ts';
import { agingFields, gecosFields, type UserRequest } from './user-request.ts';

/** What an account lacks: Salt's name of each attribute → its new value. The password's is its hash. */
export type UserDifferences = Readonly<Record<string, Plain>>;

/** Compares an account with what is asked of it. */
export async function compareUser(host: ReadHost, facts: UserFacts, request: UserRequest): Promise<UserDifferences> {
  const gid = await wantedGid(host, request);
  const groups = await changedGroups(host, { facts, request, gid: gid ?? facts.gid });
  const newHome = request.home ?? facts.home;
  const lacksHome = request.createhome && newHome !== '' && !(await isDirectory(host, newHome));
  const shadow = await readShadow(host, request.name);
  return {
    ...differing('uid', request.uid, facts.uid),
    ...(request.gid === undefined && request.usergroup !== true ? {} : differing('gid', gid, facts.gid)),
    ...(groups === undefined ? {} : { groups }),
    ...differing('home', request.home, facts.home),
    ...(lacksHome ? { homeDoesNotExist: newHome } : {}),
    ...differing('shell', request.shell, facts.shell),
    ...(shadow === undefined ? {} : comparePassword(shadow, request)),
    ...merge(gecosFields.map((field) => differing(field, request[field], facts[field]))),
  };
}

async function wantedGid(host: ReadHost, request: UserRequest): Promise<number | undefined> {
  const group = request.usergroup === true ? request.name : request.gid;
  return group === undefined ? undefined : gidOf(host, group);
}

function merge(parts: readonly Record<string, Plain>[]): Record<string, Plain> {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

function differing(key: string, wanted: Plain, current: Plain): Record<string, Plain> {
  return wanted === undefined || wanted === current ? {} : { [key]: wanted };
}

async function changedGroups(
  host: ReadHost,
  { facts, request, gid }: { readonly facts: UserFacts; readonly request: UserRequest; readonly gid: number },
): Promise<readonly string[] | undefined> {
  const { groups, remove_groups: removes, name } = request;
  const optional = await existing(host, request.optional_groups ?? []);
  if (groups === undefined && optional.length === 0) return undefined;
  const asked = new Set([...(groups ?? []), ...optional]);
  const wanted = removes ? asked : new Set([...asked, ...facts.groups]);
  const primary = [(await host.group(gid))?.name, (await host.group(facts.gid))?.name];
  const current = facts.groups.filter((group) => !primary.includes(group) && (group !== name || wanted.has(group)));
  const needed = [...wanted].filter((group) => group !== primary[0]).toSorted();
  const isComplete = needed.every((group) => current.includes(group));
  return isComplete && (!removes || current.every((group) => wanted.has(group))) ? undefined : needed;
}

/** Those of some groups that exist. */
export async function existing(host: ReadHost, groups: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(groups.map((group) => host.group(group)));
  return groups.filter((_, index) => found[index] !== undefined);
}

const noPassword: ReadonlySet<string> = new Set(['!', '*', '!!', '!*']);

function comparePassword(shadow: ShadowEntry, request: UserRequest): UserDifferences {
  const { password, empty_password: isEmpty, enforce_password: enforces, password_lock: lock } = request;
  const maySet = noPassword.has(shadow.passwd) || enforces;
  const isLocked = shadow.passwd.startsWith('!');
  const aging = Object.entries(agingFields).map(([argument, { member }]) =>
    differing(argument, request[argument as keyof typeof agingFields], shadow[member]),
  );
  return {
    ...(password !== undefined && !isEmpty && maySet ? differing('passwd', password, shadow.passwd) : {}),
    ...(isEmpty && shadow.passwd !== '' ? { empty_password: true } : {}),
    ...merge(aging),
    ...(lock === undefined || lock === isLocked ? {} : { password_lock: lock }),
  };
}
