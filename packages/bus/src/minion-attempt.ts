import type { Logger, Timer } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { fingerprint } from './fingerprint.ts';
import { decodeFrame, type FrameOf } from './frame.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import type { MasterTrust } from './master-trust.ts';
import type { MasterAddress, MinionBusOptions, MinionState, MinionStateDetails } from './minion-bus-options.ts';
import { createMinionHandshake, type Challenged, type MinionHandshake } from './minion-handshake.ts';
import { createMinionSession, type MinionSession } from './minion-session.ts';
import type { PublicationInbox } from './publication-inbox.ts';
import { protocolLimits, protocolVersion } from './protocol-limits.ts';
import { solvePuzzle } from './puzzle.ts';
import { busError } from './bus-error.ts';
import { callSafely } from './safe-callback.ts';
import type { MessageOf } from './session-message.ts';
import type { DealerSocket } from './transport.ts';

/** One attempt of a minion: a connection, a handshake, and the session that comes of it, until it ends. */
export interface MinionAttempt {
  /** The session, once it is accepted. */
  readonly accepted: MinionSession | undefined;
  /** Ends it without a call of `onEnd`. */
  close(code: 'bus-disconnected' | 'bus-stopped'): Promise<void>;
}

/** What an attempt is made of. */
export interface MinionAttemptOptions {
  readonly bus: MinionBusOptions;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  readonly logger: Logger;
  readonly trust: MasterTrust;
  readonly inbox: PublicationInbox;
  onState(state: MinionState, details: MinionStateDetails): void;
  /** Once, when the attempt is over by itself; `retryMilliseconds` is the master's word when to come again. */
  onEnd(reason: string, retryMilliseconds?: number): void;
}

/** However late its turn is, a minion does not wait longer in one attempt. */
const longestTurnMilliseconds = 120_000;

/** The reason with which an attempt ends whose session was taken over by another with the same key. */
export const sessionReplaced = 'session ended: replaced';

/** The reason with which an attempt ends whose master is going. */
export const masterStopping = 'session ended: stopping';

export function createMinionAttempt(options: MinionAttemptOptions): MinionAttempt {
  return new Attempt(options);
}

class Attempt implements MinionAttempt {
  accepted: MinionSession | undefined;
  readonly #options: MinionAttemptOptions;
  readonly #dealer: DealerSocket;
  readonly #identity: Identity;
  readonly #master: MasterAddress;
  #handshake: MinionHandshake | undefined;
  #session: MinionSession | undefined;
  #deadline: Timer;
  #host = '';
  #masterFingerprint = '';
  #isPuzzleSolved = false;
  #isOver = false;

  constructor(options: MinionAttemptOptions) {
    const { bus } = options;
    this.#options = options;
    this.#deadline = this.#startDeadline('the connection was not made in time');
    this.#identity = typeof bus.identity === 'function' ? bus.identity() : bus.identity;
    this.#master = typeof bus.master === 'function' ? bus.master() : bus.master;
    this.#dealer = bus.transport.connectDealer(this.#master, {
      onOpen: (host) => this.#greet(host),
      onFrame: (bytes) => callSafely(options.logger, () => this.#receive(bytes)),
      onClose: (reason) => this.#end(reason),
    });
  }

  async close(code: 'bus-disconnected' | 'bus-stopped'): Promise<void> {
    this.#isOver = true;
    this.#deadline.cancel();
    this.accepted = undefined;
    await this.#session?.close(code);
    await this.#dealer.close();
  }

  #end(reason: string, retryMilliseconds?: number): void {
    if (this.#isOver) return;
    void this.close('bus-disconnected');
    this.#options.onEnd(reason, retryMilliseconds);
  }

  #awaitTurn(milliseconds: number): void {
    this.#deadline = this.#startDeadline(
      'the master did not call in time',
      Math.min(milliseconds, longestTurnMilliseconds),
    );
  }

  #startDeadline(reason: string, beyondMilliseconds = 0): Timer {
    const { bus, limits } = this.#options;
    return bus.clock.after(beyondMilliseconds + limits.handshakeMilliseconds, () => this.#end(reason));
  }

  #greet(host: string): void {
    if (this.#isOver) return;
    this.#host = host;
    this.#deadline.cancel();
    this.#deadline = this.#startDeadline('the master did not answer in time');
    this.#options.onState('handshaking', {});
    this.#handshake = createMinionHandshake(this.#identity);
    void this.#dealer.send(this.#handshake.hello());
  }

  #receive(bytes: Uint8Array): void {
    const { drops } = this.#options;
    if (this.#isOver) return undefined;
    const frame = decodeFrame(bytes);
    if (frame === undefined) return drops.drop('malformed');
    if (frame.kind === 'sealed' && this.#session !== undefined) return this.#session.receive(frame);
    if (frame.kind === 'puzzle' && this.#handshake !== undefined) return this.#solve(frame, this.#handshake);
    if (frame.kind === 'challenge' && this.#handshake !== undefined) return this.#answer(frame, this.#handshake);
    return drops.drop('unexpected');
  }

  #solve(frame: FrameOf<'puzzle'>, handshake: MinionHandshake): void {
    const { drops } = this.#options;
    if (frame.version !== protocolVersion) return drops.drop('version');
    // One puzzle an attempt: a stranger who forges them must not keep this minion busy.
    if (this.#isPuzzleSolved || frame.bits > protocolLimits.puzzleBits) return drops.drop('puzzle');
    this.#isPuzzleSolved = true;
    const { puzzle, bits } = frame;
    void this.#dealer.send(handshake.hello({ puzzle, solution: solvePuzzle(puzzle, handshake.ephemeral, bits) }));
    return undefined;
  }

  #answer(frame: FrameOf<'challenge'>, handshake: MinionHandshake): void {
    const { drops, trust } = this.#options;
    const challenged = handshake.readChallenge(frame);
    if (typeof challenged === 'string') return drops.drop(challenged);
    this.#handshake = undefined;
    this.#masterFingerprint = fingerprint(challenged.masterKey);
    if (trust.judge(challenged.masterKey, challenged.chain) === 'changed') {
      challenged.abandon();
      return this.#refuse('master-key-changed');
    }
    void this.#introduce(challenged).catch((error: unknown) => {
      this.#options.logger.error('the handshake cannot go on', { error });
      challenged.abandon();
      this.#end('the handshake cannot go on');
    });
    return undefined;
  }

  async #introduce(challenged: Challenged): Promise<void> {
    const { bus, limits, drops, logger, trust, inbox } = this.#options;
    const { masterKey, chain } = challenged;
    if (trust.judge(masterKey, chain) !== 'trusted') await trust.pin(masterKey, chain);
    const claims = (await bus.claims?.()) ?? new Uint8Array();
    if (claims.length > protocolLimits.claimsBytes) {
      throw busError('bus-too-large', `claims of ${claims.length} bytes exceed ${protocolLimits.claimsBytes}`);
    }
    if (this.#isOver) return challenged.abandon();
    const { frame, keys, proven } = challenged.prove({ id: bus.id, sequence: inbox.highest, claims });
    this.#session = createMinionSession({
      bus,
      limits,
      drops,
      logger,
      inbox,
      dealer: this.#dealer,
      host: this.#host,
      publishPort: this.#master.publishPort,
      masterKey,
      keys,
      proven,
      onVerdict: (verdict) => this.#receiveVerdict(verdict),
      onSuccession: (key, links) => {
        this.#masterFingerprint = fingerprint(key);
        trust.pin(key, links).catch((error: unknown) => {
          logger.error("the master's new key cannot be kept; the old one leads to it", { error });
        });
      },
      onEnd: (reason) => this.#end(`session ended: ${reason}`),
    });
    void this.#dealer.send(frame);
    return undefined;
  }

  #receiveVerdict({ status, held, retryMilliseconds }: MessageOf<'verdict'>): void {
    this.#deadline.cancel();
    if (status === 'later' && !held) return this.#end('the master asks to come later', retryMilliseconds);
    // Its turn comes in this session; should the master forget it, the minion begins anew.
    if (status === 'later') return this.#awaitTurn(retryMilliseconds);
    if (status !== 'accepted') {
      this.accepted = undefined;
      if (!held) return this.#refuse(status);
    } else {
      this.accepted = this.#session;
    }
    return this.#options.onState(status, { masterFingerprint: this.#masterFingerprint });
  }

  #refuse(state: Exclude<MinionState, 'accepted'>): void {
    const trustedFingerprint = this.#options.trust.fingerprint;
    const masterFingerprint = this.#masterFingerprint;
    const isChange = state === 'master-key-changed' && trustedFingerprint !== undefined;
    this.#options.onState(state, isChange ? { masterFingerprint, trustedFingerprint } : { masterFingerprint });
    this.#end(state);
  }
}
