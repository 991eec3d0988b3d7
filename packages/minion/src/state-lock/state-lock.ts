import type { LockHolder, Ticket, TicketStore } from './ticket-store.ts';

/** The lock while it is held. */
export interface HeldLock {
  release(): Promise<void>;
}

/** How an attempt to take the lock ended. */
export type LockAttempt =
  | { readonly kind: 'held'; readonly lock: HeldLock }
  | { readonly kind: 'busy'; readonly holders: readonly LockHolder[] };

/** Keeps the state runs of one minion apart, whichever processes they are in. */
export interface StateLock {
  /** Takes the lock, or tells who has it. */
  tryAcquire(holder: LockHolder): Promise<LockAttempt>;
  /** Takes the lock as soon as all who asked before have let go, first come, first served. */
  acquire(holder: LockHolder, signal: AbortSignal): Promise<HeldLock>;
  /** Who has the lock or waits for it, the one that has it first. */
  holders(): Promise<readonly LockHolder[]>;
}

/**
 * A lock out of tickets (see {@link TicketStore}). The rule that makes it one: whoever drew a ticket looks at the
 * queue afterwards; if a later ticket is there already, that one may have been granted, so the earlier one is given
 * back and another drawn; if an earlier living one is there, it waits; else the lock is its own.
 */
export function createStateLock(openStore: () => Promise<TicketStore>): StateLock {
  let opened: Promise<TicketStore> | undefined;
  const store = (): Promise<TicketStore> => (opened ??= openStore());
  return {
    tryAcquire: async (holder) => {
      const tickets = await store();
      const ticket = await drawValid(tickets, holder);
      const ahead = await livingAhead(tickets, ticket.name);
      if (ahead.length === 0) return { kind: 'held', lock: { release: () => ticket.withdraw() } };
      const holders = await readAll(tickets, ahead);
      await ticket.withdraw();
      return { kind: 'busy', holders };
    },
    acquire: async (holder, signal) => {
      const tickets = await store();
      const ticket = await drawValid(tickets, holder);
      try {
        await waitForTurn(tickets, ticket.name, signal);
      } catch (error) {
        await ticket.withdraw();
        throw error;
      }
      return { release: () => ticket.withdraw() };
    },
    holders: async () => {
      const tickets = await store();
      return readAll(tickets, await living(tickets, await tickets.list()));
    },
  };
}

async function drawValid(tickets: TicketStore, holder: LockHolder): Promise<Ticket> {
  for (;;) {
    const ticket = await tickets.draw(holder);
    const last = (await tickets.list()).at(-1);
    if (last === undefined || last <= ticket.name) return ticket;
    await ticket.withdraw();
  }
}

async function waitForTurn(tickets: TicketStore, own: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    // The one right ahead ends last when all keep the order, so waiting for it wakes us about once.
    const ahead = (await livingAhead(tickets, own)).at(-1);
    if (ahead === undefined) return;
    await tickets.waitFor(ahead, signal);
  }
}

async function livingAhead(tickets: TicketStore, own: string): Promise<readonly string[]> {
  return living(
    tickets,
    (await tickets.list()).filter((name) => name < own),
  );
}

async function living(tickets: TicketStore, names: readonly string[]): Promise<readonly string[]> {
  const alive: string[] = [];
  for (const name of names) {
    if (await tickets.isAlive(name)) alive.push(name);
    else await tickets.clear(name);
  }
  return alive;
}

async function readAll(tickets: TicketStore, names: readonly string[]): Promise<readonly LockHolder[]> {
  const holders: LockHolder[] = [];
  for (const name of names) {
    const holder = await tickets.read(name);
    if (holder !== undefined) holders.push(holder);
  }
  return holders;
}
