import type { Jid, Plain, Value } from '@brine/common';
import type { AnnouncedCall, Caller, MasterCall } from '@brine/api';
import { readChosenJid } from '../jobs/job-request.ts';
import { toldArguments } from '../jobs/told-arguments.ts';
import type { EventBus } from './event-bus.ts';
import { originOfCaller } from './event-origin.ts';

/** A call of a runner or wheel function that the event bus was told of. */
export interface Announcement {
  readonly announced: AnnouncedCall & { readonly jid: Jid };
  /** The members that its events have in common. */
  readonly facts: { readonly [key: string]: Plain };
  /** Tells how it ended. */
  readonly finish: (value: Value, isSuccess: boolean) => void;
}

/** Tells the event bus of a call, in Salt's tags: `salt/run/JID/new` and `…/ret`, `salt/wheel/JID/new` and `…/ret`. */
export type Announce = (kind: 'runner' | 'wheel', call: MasterCall, caller: Caller) => Announcement;

/** Creates what announces calls on an event bus. Throws `request-invalid` for an id that a call cannot have. */
export function createAnnounce(events: EventBus, nextJid: () => Jid, now: () => number): Announce {
  return (kind, { fun, positional, keyword, terms }, caller) => {
    const { user } = caller;
    const origin = originOfCaller(caller);
    const jid = terms?.jid === undefined ? nextJid() : readChosenJid(terms.jid, now());
    const tag = `salt/${kind === 'runner' ? 'run' : 'wheel'}/${jid}`;
    const args = toldArguments({ fun, positional, keyword });
    const facts: { readonly [key: string]: Plain } = {
      fun: `${kind}.${fun}`,
      jid,
      ...(kind === 'wheel' ? { tag } : {}),
      user,
      ...(kind === 'runner' ? { fun_args: args } : {}),
    };
    events.emit(`${tag}/new`, facts, origin);
    return {
      announced: { jid, tag },
      facts,
      finish: (value, isSuccess) => events.emit(`${tag}/ret`, { ...facts, return: value, success: isSuccess }, origin),
    };
  };
}
