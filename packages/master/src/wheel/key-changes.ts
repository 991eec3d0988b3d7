import { isAppError, isDict, pythonStr, type Dict, type Plain } from '@brine/common';
import type { KeyChange, KeyControl, KeyEntry, KeyState } from '@brine/api';
import { anyValue, flag, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineWheel } from './define-wheel.ts';
import { bySection, idsOf, sectionOf } from './key-sections.ts';

const match = text().describe('A wildcard over ids, or several separated by commas.');
const includeDenied = withDefault(flag(), false).describe('Denied keys too.');
const includeRejected = withDefault(flag(), false).describe('Rejected keys too.');
const includeAccepted = withDefault(flag(), false).describe('Accepted keys too.');
const byState = anyValue().describe('Ids by the names of states: `{"minions_pre": ["web1"]}`.');

/** `key.accept` */
export const accept = defineWheel({
  name: 'key.accept',
  summary: 'Accepts keys. Answers those that were accepted.',
  args: z.object({ match, include_rejected: includeRejected, include_denied: includeDenied }),
  example: '{"fun": "key.accept", "match": "web1"}',
  async run({ match: globs, include_rejected: rejected, include_denied: denied }, { keys }) {
    return answerFor(await change(keys, { action: 'accept', globs, from: from('pending', { rejected, denied }) }));
  },
});

/** `key.reject` */
export const reject = defineWheel({
  name: 'key.reject',
  summary: 'Rejects keys. Answers those that were rejected.',
  args: z.object({ match, include_accepted: includeAccepted, include_denied: includeDenied }),
  example: '{"fun": "key.reject", "match": "web1"}',
  async run({ match: globs, include_accepted: accepted, include_denied: denied }, { keys }) {
    return answerFor(await change(keys, { action: 'reject', globs, from: from('pending', { accepted, denied }) }));
  },
});

/** `key.delete` */
export const deleteKeys = defineWheel({
  name: 'key.delete',
  summary: 'Deletes keys, whatever state they are in.',
  args: z.object({ match }),
  example: '{"fun": "key.delete", "match": "web1"}',
  async run({ match: globs }, { keys }) {
    await change(keys, { action: 'delete', globs, from: ['accepted', 'pending', 'rejected', 'denied'] });
    return {};
  },
});

/** `key.accept_dict` */
export const acceptDict = defineWheel({
  name: 'key.accept_dict',
  summary: 'Accepts the keys that are named by state and id.',
  args: z.object({ match: byState, include_rejected: includeRejected, include_denied: includeDenied }),
  example: '{"fun": "key.accept_dict", "match": {"minions_pre": ["web1"]}}',
  run: async ({ match: named, include_rejected: rejected, include_denied: denied }, { keys }) =>
    answerFor(await changeNamed(keys, 'accept', { named, from: from('pending', { rejected, denied }) })),
});

/** `key.reject_dict` */
export const rejectDict = defineWheel({
  name: 'key.reject_dict',
  summary: 'Rejects the keys that are named by state and id.',
  args: z.object({ match: byState, include_accepted: includeAccepted, include_denied: includeDenied }),
  example: '{"fun": "key.reject_dict", "match": {"minions_pre": ["web1"]}}',
  run: async ({ match: named, include_accepted: accepted, include_denied: denied }, { keys }) =>
    answerFor(await changeNamed(keys, 'reject', { named, from: from('pending', { accepted, denied }) })),
});

/** `key.delete_dict` */
export const deleteDict = defineWheel({
  name: 'key.delete_dict',
  summary: 'Deletes the keys that are named by state and id.',
  args: z.object({ match: byState }),
  example: '{"fun": "key.delete_dict", "match": {"minions": ["web1"]}}',
  async run({ match: named }, { keys }) {
    await changeNamed(keys, 'delete', { named, from: ['accepted', 'pending', 'rejected', 'denied'] });
    return {};
  },
});

function answerFor(keys: readonly KeyEntry[]): Plain {
  return bySection(keys, idsOf);
}

function from(first: KeyState, further: Partial<Record<KeyState, boolean>>): readonly KeyState[] {
  const more = (Object.keys(further) as readonly KeyState[]).filter((state) => further[state] === true);
  return [first, ...more];
}

async function change(
  keys: KeyControl,
  { action, globs, from: states }: { action: KeyChange['action']; globs: string; from: readonly KeyState[] },
): Promise<readonly KeyEntry[]> {
  const changed: KeyEntry[] = [];
  for (const glob of globs.split(','))
    changed.push(...(await changeIfAny(keys, { action, match: glob, from: states })));
  return changed;
}

async function changeNamed(
  keys: KeyControl,
  action: KeyChange['action'],
  { named, from: states }: { readonly named: unknown; readonly from: readonly KeyState[] },
): Promise<readonly KeyEntry[]> {
  const wanted: Dict = isDict(named as Dict) ? (named as Dict) : new Map();
  const changed: KeyEntry[] = [];
  for (const state of states) {
    const ids = wanted.get(sectionOf[state]);
    for (const id of Array.isArray(ids) ? ids.map(pythonStr) : []) {
      // Ids have no wildcards in them; what has some is no id.
      if (/^[\w.-]+$/.test(id)) changed.push(...(await changeIfAny(keys, { action, match: id, from: [state] })));
    }
  }
  return changed;
}

async function changeIfAny(keys: KeyControl, wanted: KeyChange): Promise<readonly KeyEntry[]> {
  try {
    return await keys.change(wanted);
  } catch (error) {
    if (isAppError(error, 'key-not-found')) return [];
    throw error;
  }
}
