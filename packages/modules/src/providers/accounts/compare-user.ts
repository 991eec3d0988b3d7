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
  const group = await wantedGroup(host, request);
  const groups = await changedGroups(host, { facts, request, gid: group === undefined ? facts.gid : group.gid });
  const newHome = request.home ?? facts.home;
  const lacksHome = request.createhome && newHome !== '' && !(await isDirectory(host, newHome));
  const shadow = await readShadow(host, request.name);
  return {
    ...differing('uid', request.uid, facts.uid),
    ...(group === undefined || group.gid === facts.gid ? {} : { gid: group.asked }),
    ...(groups === undefined ? {} : { groups }),
    ...differing('home', request.home, facts.home),
    ...(lacksHome ? { homeDoesNotExist: newHome } : {}),
    ...differing('shell', request.shell, facts.shell),
    ...(shadow === undefined ? {} : comparePassword(shadow, request)),
    ...merge(gecosFields.map((field) => differing(field, request[field], facts[field]))),
  };
}

interface WantedGroup {
  readonly asked: string | number;
  /** Nothing when there is no such group. */
  readonly gid: number | undefined;
}

async function wantedGroup(host: ReadHost, request: UserRequest): Promise<WantedGroup | undefined> {
  const own = request.usergroup === true ? await gidOf(host, request.name) : undefined;
  if (own !== undefined) return { asked: request.name, gid: own };
  return request.gid === undefined ? undefined : { asked: request.gid, gid: await gidOf(host, request.gid) };
}

function merge(parts: readonly Record<string, Plain>[]): Record<string, Plain> {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

function differing(key: string, wanted: Plain, current: Plain): Record<string, Plain> {
  return wanted === undefined || wanted === current ? {} : { [key]: wanted };
}

// Where no groups are asked for, all the account has are meant to stay: also that which a new primary group replaces.
async function changedGroups(
  host: ReadHost,
  {
    facts,
    request,
    gid,
  }: { readonly facts: UserFacts; readonly request: UserRequest; readonly gid: number | undefined },
): Promise<readonly string[] | undefined> {
  const { groups, remove_groups: removes, name } = request;
  const optional = await existing(host, request.optional_groups ?? []);
  const keeps = !removes || (groups === undefined && optional.length === 0);
  const asked = new Set([...(groups ?? []), ...optional, ...(keeps ? facts.groups : [])]);
  const primary = gid === undefined ? undefined : (await host.group(gid))?.name;
  const old = (await host.group(facts.gid))?.name;
  const current = facts.groups.filter(
    (group) => group !== primary && group !== old && (group !== name || asked.has(group)),
  );
  const needed = [...asked].filter((group) => group !== primary).toSorted();
  const isComplete = needed.every((group) => current.includes(group));
  return isComplete && (!removes || current.every((group) => asked.has(group))) ? undefined : needed;
}

/** Those of some groups that exist. */
export async function existing(host: ReadHost, groups: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(groups.map((group) => host.group(group)));
  return groups.filter((_, index) => found[index] !== undefined);
}

const noPassword: ReadonlySet<string> = new Set(['!', '!!']);

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
