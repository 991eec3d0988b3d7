import { isDict, traverse, type Dict, type Logger, type Value } from '@brine/common';
import type { ConditionPort } from './condition-port.ts';
import { parseSlotCall } from './parse-slot-call.ts';

const slotMark = '__slot__:';

/** What slots are resolved with. */
export interface SlotPorts {
  readonly conditions: Pick<ConditionPort, 'call' | 'has'>;
  readonly log: Logger;
}

/**
 * The arguments with every slot (`__slot__:salt:FUNCTION(…)`) replaced by what its function answers: in texts, in
 * the values of a dict, in the members of a list and the values of dicts there. The given dict stays as it is.
 */
export async function resolveSlots(chunk: Dict, ports: SlotPorts): Promise<Dict> {
  const resolved: Dict = new Map(chunk);
  for (const [key, value] of chunk) {
    if (hasSlot(value)) resolved.set(key, await resolveValue(value, ports, 2));
  }
  return resolved;
}

function hasSlot(value: Value): boolean {
  if (typeof value === 'string') return value.startsWith(slotMark);
  if (Array.isArray(value)) return value.some(hasSlot);
  return isDict(value) && [...value.values()].some(hasSlot);
}

async function resolveValue(value: Value, ports: SlotPorts, levels: number): Promise<Value> {
  if (typeof value === 'string') return value.startsWith(slotMark) ? resolveSlot(value, ports) : value;
  if (levels === 0) return value;
  if (Array.isArray(value)) {
    const members: Value[] = [];
    for (const member of value) members.push(await resolveValue(member, ports, levels - 1));
    return members;
  }
  if (!isDict(value)) return value;
  const dict: Dict = new Map(value);
  for (const [key, member] of value) {
    if (typeof member === 'string') dict.set(key, await resolveValue(member, ports, 0));
  }
  return dict;
}

async function resolveSlot(slot: string, { conditions, log }: SlotPorts): Promise<Value> {
  const parsed = parseSlotCall(slot.slice(slotMark.length));
  // What is no slot after all stays the text it is, as in Salt.
  if (parsed === undefined || !conditions.has(parsed.name)) {
    const reason = parsed === undefined ? 'not of the form salt:FUNCTION(ARGUMENTS)' : 'no such function';
    log.warn('a slot cannot be resolved and stays a text', { slot, reason });
    return slot;
  }
  const answer = await conditions.call(parsed.name, parsed.positional, parsed.keyword);
  const picked = parsed.path === undefined ? answer : (traverse(answer, parsed.path, '.') ?? null);
  return parsed.appended !== undefined && typeof picked === 'string' ? picked + parsed.appended : picked;
}
