import type { Timer } from '@brine/common';
import { createBackoff } from './backoff.ts';
import { createDropCounter } from './drop-counter.ts';
import { defaultLimits } from './limits.ts';
import type { RequestOptions } from './master-bus-options.ts';
import { createMasterTrust } from './master-trust.ts';
import { createMinionAttempt, masterStopping, sessionReplaced, type MinionAttempt } from './minion-attempt.ts';
import type { MinionBus, MinionBusOptions, MinionState, MinionStateDetails } from './minion-bus-options.ts';
import type { MinionSession } from './minion-session.ts';
import { createPublicationInbox } from './publication-inbox.ts';
import { busError } from './bus-error.ts';
import { checkQuestion } from './request-desk.ts';
import { isMinionTransition, unknownTransition } from './states.ts';
import { callSafely } from './safe-callback.ts';
import { createSessionQueue } from './session-queue.ts';

const defaultTimeoutMilliseconds = 60_000;
const defaultReconnect = { minimumMilliseconds: 500, maximumMilliseconds: 30_000 };

/** Makes the minion's side of the bus. Throws `bus-key-role` for a master's identity. */
export function createMinionBus(options: MinionBusOptions): MinionBus {
  const identity = typeof options.identity === 'function' ? options.identity() : options.identity;
  if (identity.role !== 'minion') throw busError('bus-key-role', 'a minion bus needs the identity of a minion');
  return new Minion(options);
}

class Minion implements MinionBus {
  #state: MinionState = 'stopped';
  #isStarted = false;
  #attempt: MinionAttempt | undefined;
  #retry: Timer | undefined;
  readonly #options: MinionBusOptions;
  readonly #drops = createDropCounter();
  readonly #limits;
  readonly #logger;
  readonly #trust;
  readonly #backoff;
  readonly #inbox;
  readonly #waiting;

  constructor(options: MinionBusOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#logger = options.logger.child({ component: 'bus' });
    this.#trust = createMasterTrust(options.trust);
    this.#backoff = createBackoff(() => options.random(), options.reconnect ?? defaultReconnect);
    this.#waiting = createSessionQueue<MinionSession>(options.clock);
    this.#inbox = createPublicationInbox({
      clock: options.clock,
      logger: this.#logger,
      drops: this.#drops,
      sequenceStore: options.sequenceStore,
      onPublication: (publication) => options.onPublication(publication),
      acknowledge: (publicationId) => this.#attempt?.accepted?.acknowledge(publicationId),
    });
  }

  get state(): MinionState {
    return this.#state;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    void this.#begin();
  }

  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    this.#retry?.cancel();
    this.#waiting.rejectAll(busError('bus-stopped', 'the bus was stopped'));
    const attempt = this.#attempt;
    this.#attempt = undefined;
    await attempt?.close('bus-stopped');
    this.#enter('stopped', {});
  }

  async request(verb: string, body: Uint8Array, asked: RequestOptions = {}): Promise<Uint8Array> {
    checkQuestion(verb, body);
    if (!this.#isStarted) throw busError('bus-stopped', 'the bus is not running');
    const { clock } = this.#options;
    const { timeoutMilliseconds = defaultTimeoutMilliseconds, signal } = asked;
    const since = clock.monotonic();
    const session = this.#attempt?.accepted ?? (await this.#waiting.wait({ timeoutMilliseconds, signal }));
    const left = timeoutMilliseconds - (clock.monotonic() - since);
    return session.desk.ask({ verb, body, timeoutMilliseconds: left, signal });
  }

  async reconnect(): Promise<void> {
    if (!this.#isStarted) return;
    this.#retry?.cancel();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    await attempt?.close('bus-disconnected');
    this.#connect({});
  }

  droppedFrames: MinionBus['droppedFrames'] = () => this.#drops.counts();

  async #begin(): Promise<void> {
    try {
      await this.#inbox.load();
      this.#connect({});
    } catch (error) {
      this.#logger.error('the publication sequence cannot be read', { error });
      this.#connectLater('the publication sequence cannot be read', () => void this.#begin());
    }
  }

  #connect(details: MinionStateDetails): void {
    if (!this.#isStarted) return;
    this.#enter('connecting', details);
    const attempt = createMinionAttempt({
      bus: this.#options,
      limits: this.#limits,
      drops: this.#drops,
      logger: this.#logger,
      trust: this.#trust,
      inbox: this.#inbox,
      onState: (state, about) => this.#follow(state, about),
      onEnd: (reason, retryMilliseconds) => {
        this.#attempt = undefined;
        // Only a twin with the same key takes a session away: two that reconnect at once would go on for ever.
        if (reason === sessionReplaced) this.#backoff.exhaust();
        // A master that goes says so to one minion after another: who comes back at once only meets it still going.
        const pause = reason === masterStopping ? this.#backoff.pause() : retryMilliseconds;
        this.#connectLater(reason, () => this.#connect({ reason }), pause);
      },
    });
    this.#attempt = attempt;
  }

  #connectLater(reason: string, connect: () => void, toldMilliseconds?: number): void {
    if (!this.#isStarted) return;
    const retryMilliseconds = toldMilliseconds === undefined ? this.#backoff.next() : this.#spread(toldMilliseconds);
    // A refusal, whose name is the reason, stays to be seen until the next attempt begins.
    if (reason !== this.#state) this.#enter('connecting', { reason, retryMilliseconds });
    this.#retry = this.#options.clock.after(retryMilliseconds, connect);
  }

  /** The master spreads a fleet over time; a little chance keeps those apart whose turns are close. */
  #spread(milliseconds: number): number {
    return Math.round(milliseconds + this.#options.random() * Math.min(milliseconds, 1_000));
  }

  #follow(state: MinionState, details: MinionStateDetails): void {
    if (state === 'accepted') this.#backoff.reset();
    if (isRefusal(state)) this.#backoff.exhaust();
    this.#enter(state, details);
    const session = this.#attempt?.accepted;
    if (state === 'accepted' && session !== undefined) this.#waiting.resolveAll(session);
  }

  #enter(state: MinionState, details: MinionStateDetails): void {
    if (!isMinionTransition(this.#state, state))
      this.#logger.error(unknownTransition, { from: this.#state, to: state });
    this.#state = state;
    callSafely(this.#logger, () => this.#options.onState(state, details));
  }
}

function isRefusal(state: MinionState): boolean {
  return state === 'rejected' || state === 'denied' || state === 'twin' || state === 'master-key-changed';
}
