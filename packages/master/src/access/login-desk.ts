import { randomInt } from 'node:crypto';
import { AppError, type Clock } from '@brine/common';
import { sharedPlace, type Credentials } from '@brine/api';
import { createLoginFailures } from './login-failures.ts';
import type { LoginMethod } from './methods/login-method.ts';

/** Where people prove who they are. */
export interface LoginDesk {
  /** Throws `login-refused`, whatever was wrong, and `login-limited` after too many failures from one place. */
  prove(credentials: Credentials, from: string): Promise<{ readonly groups: readonly string[] }>;
  /** Whether a user may still use what an earlier login gave; asked at most once a second. */
  isStillGood(user: string, eauth: string): Promise<boolean>;
  /** Asks anew about a user the next time. */
  forget(user: string): void;
}

/** What a desk works with. */
export interface LoginDeskOptions {
  /** The methods that `external_auth` names. */
  readonly methods: ReadonlyMap<string, LoginMethod>;
  readonly clock: Clock;
}

/** Milliseconds that a refusal takes at least; how long exactly is left to chance, as what went wrong must not show. */
const refusalTime = { least: 750, most: 1250 } as const;

/** Milliseconds for which a user who was looked up counts as good. */
const goodFor = 1000;

/** Users that are remembered; beyond, the oldest are forgotten. */
const usersRemembered = 10_000;

/** Creates a desk. */
export function createLoginDesk({ methods, clock }: LoginDeskOptions): LoginDesk {
  const failures = createLoginFailures(clock);
  const good = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();
  return {
    async prove(credentials, from) {
      const place = placeOf(credentials, from);
      if (failures.isLimited(place)) {
        throw new AppError({ code: 'login-limited', message: 'too many failed logins; try again in a minute' });
      }
      const began = clock.monotonic();
      const method = methods.get(credentials.eauth);
      const end = failures.begin(place);
      let isProven = false;
      try {
        isProven = method !== undefined && (await proveSafely(method, credentials));
      } finally {
        end(isProven);
      }
      if (isProven && method !== undefined) return { groups: await method.groupsOf(credentials.username) };
      const wanted = randomInt(refusalTime.least, refusalTime.most);
      await waitFor(clock, Math.max(0, wanted - (clock.monotonic() - began)));
      throw new AppError({ code: 'login-refused', message: 'Could not authenticate using provided credentials' });
    },
    async isStillGood(user, eauth) {
      const key = `${eauth}\0${user}`;
      const known = good.get(key);
      if (known !== undefined && clock.monotonic() - known.at < goodFor) return known.answer;
      const answer = methods.get(eauth)?.isStillGood(user) ?? Promise.resolve(false);
      good.set(key, { at: clock.monotonic(), answer });
      if (good.size > usersRemembered) good.delete(good.keys().next().value ?? '');
      return answer;
    },
    forget: (user) => {
      for (const key of good.keys()) if (key.endsWith(`\0${user}`)) good.delete(key);
    },
  };
}

/** All users of the machine come from one place: who guesses there is not listened to as the one he says he is. */
function placeOf({ username }: Credentials, from: string): string {
  return from === sharedPlace ? `${from} ${username.slice(0, 256)}` : from;
}

async function proveSafely(method: LoginMethod, credentials: Credentials): Promise<boolean> {
  if (credentials.username === '' || credentials.username.length > 256 || credentials.password.length > 4096)
    return false;
  return method.prove(credentials);
}

async function waitFor(clock: Clock, milliseconds: number): Promise<void> {
  // A timer of the clock does not hold the process, but the connection that waits does.
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
