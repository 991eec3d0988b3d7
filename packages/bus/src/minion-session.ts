import type { Logger, Timer } from '@brine/common';
import { createBroadcastReader, type BroadcastReader } from './broadcast-reader.ts';
import type { DropCounter } from './drop-counter.ts';
import { decodeFrame, epochIdLength, type FrameOf } from './frame.ts';
import type { BusLimits } from './limits.ts';
import type { MinionBusOptions } from './minion-bus-options.ts';
import type { PublicationInbox } from './publication-inbox.ts';
import { readPublication } from './publication.ts';
import { createRequestDesk, isRequestMessage, type RequestDesk } from './request-desk.ts';
import { callSafely } from './safe-callback.ts';
import { createSession, type Session, type SessionEnd } from './session.ts';
import type { MessageOf, SessionMessage } from './session-message.ts';
import { isSignatureOf } from './signature.ts';
import { decodeChain, leadsTo, type SuccessionLink } from './succession.ts';
import { verdictStatement, type SessionKeys } from './transcript.ts';
import type { DealerSocket, SubscriberSocket } from './transport.ts';

/** A minion's session with its master, from the proof on. */
export interface MinionSession {
  readonly desk: RequestDesk;
  receive(frame: FrameOf<'sealed'>): void;
  acknowledge(publicationId: string): void;
  /** Ends it without a call of `onEnd`; says goodbye unless it is over already. */
  close(code: 'bus-disconnected' | 'bus-stopped'): Promise<void>;
}

/** What a minion's session is made of. */
export interface MinionSessionOptions {
  readonly bus: MinionBusOptions;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  readonly logger: Logger;
  readonly inbox: PublicationInbox;
  readonly dealer: DealerSocket;
  /** The address of the master that answered. */
  readonly host: string;
  /** Told by the master when absent. */
  readonly publishPort: number | undefined;
  readonly masterKey: Uint8Array;
  readonly keys: SessionKeys;
  /** The hash of the handshake, which verdicts sign. */
  readonly proven: Uint8Array;
  onVerdict(verdict: MessageOf<'verdict'>): void;
  /** The master has a new key, to which the one of this session leads. */
  onSuccession(masterKey: Uint8Array, chain: readonly SuccessionLink[]): void;
  onEnd(reason: SessionEnd): void;
}

export function createMinionSession(options: MinionSessionOptions): MinionSession {
  return new MasterConnection(options);
}

const noEpoch = new Uint8Array(epochIdLength);

class MasterConnection implements MinionSession {
  readonly desk: RequestDesk;
  readonly #options: MinionSessionOptions;
  readonly #session: Session;
  readonly #broadcasts: BroadcastReader;
  #subscriber: SubscriberSocket | undefined;
  #isSubscribed = false;
  #heartbeat: Timer | undefined;
  #heartbeatMilliseconds: number;
  #masterTime = { told: 0, at: 0 };
  #masterKey: Uint8Array;

  constructor(options: MinionSessionOptions) {
    const { bus, limits, drops, logger } = options;
    this.#options = options;
    this.#heartbeatMilliseconds = limits.heartbeatMilliseconds;
    this.#masterKey = options.masterKey;
    this.#broadcasts = createBroadcastReader(() => this.#masterKey);
    this.#session = createSession({
      side: 'minion',
      keys: options.keys,
      clock: bus.clock,
      limits,
      drops,
      send: (frame) => options.dealer.send(frame),
      onMessage: (message) => this.#receiveMessage(message),
      onEnd: (reason) => {
        void this.close('bus-disconnected');
        options.onEnd(reason);
      },
    });
    this.desk = createRequestDesk({
      clock: bus.clock,
      logger,
      limit: limits.requestsInFlight,
      post: (message) => this.#session.post(message),
      answer: (verb, body, signal) => bus.onRequest(verb, body, signal),
    });
  }

  receive(frame: FrameOf<'sealed'>): void {
    this.#session.receive(frame);
  }

  acknowledge(publicationId: string): void {
    void this.#session.post({ kind: 'acknowledgement', publicationId });
  }

  async close(code: 'bus-disconnected' | 'bus-stopped'): Promise<void> {
    this.#heartbeat?.cancel();
    this.#broadcasts.close();
    this.desk.close(code);
    void this.#subscriber?.close();
    await this.#session.end('stopping');
  }

  #receiveMessage(message: SessionMessage): void {
    if (isRequestMessage(message)) this.desk.receive(message);
    else if (message.kind === 'verdict') this.#receiveVerdict(message);
    else if (message.kind === 'epoch') this.#receiveEpoch(message);
    else if (message.kind === 'publication') this.#receivePublication(message.signed);
    else if (message.kind === 'succession') this.#receiveSuccession(message);
    else if (message.kind === 'time') this.#setMasterTime(message.time);
    else if (message.kind !== 'pong') this.#options.drops.drop('unexpected');
  }

  #receiveVerdict(verdict: MessageOf<'verdict'>): void {
    const { proven, drops, bus } = this.#options;
    if (!isSignatureOf(this.#masterKey, verdictStatement(proven, verdict.status), verdict.signature)) {
      return drops.drop('unauthentic');
    }
    // Whatever the master says, neither a storm of pings nor a session that never notices its death.
    const longest = Math.max(bus.heartbeatMilliseconds ?? 3_600_000, 100);
    this.#heartbeatMilliseconds = Math.min(Math.max(verdict.heartbeatMilliseconds, 100), longest);
    this.#setMasterTime(verdict.time);
    this.#session.isAccepted = verdict.status === 'accepted';
    if (verdict.status === 'accepted') this.#subscribe(verdict.publishPort);
    if (verdict.held) this.#beat();
    return this.#options.onVerdict(verdict);
  }

  #receiveSuccession({ key, chain }: MessageOf<'succession'>): void {
    const links = decodeChain(chain);
    const isOurs = (former: Uint8Array): boolean => Buffer.from(former).equals(this.#masterKey);
    if (links === undefined || !leadsTo(key, links, isOurs)) return this.#options.drops.drop('unauthentic');
    this.#masterKey = key;
    return this.#options.onSuccession(key, links);
  }

  #receiveEpoch(message: MessageOf<'epoch'>): void {
    this.#broadcasts.install(message);
    this.#tellListening();
  }

  #beat(): void {
    this.#heartbeat?.cancel();
    const { bus, limits } = this.#options;
    const pause = Math.min(this.#heartbeatMilliseconds, limits.rekeyMilliseconds);
    this.#heartbeat = bus.clock.after(pause, () => {
      this.#session.maintain(this.#heartbeatMilliseconds);
      if (this.#session.isOpen) this.#beat();
    });
  }

  #subscribe(toldPort: number): void {
    if (this.#subscriber !== undefined) return;
    const { bus, host, publishPort } = this.#options;
    const port = publishPort ?? toldPort;
    this.#subscriber = bus.transport.connectSubscriber(
      { host, port },
      {
        onOpen: () => {
          this.#isSubscribed = true;
          this.#tellListening();
        },
        onFrame: (bytes) => callSafely(this.#options.logger, () => this.#receiveBroadcast(bytes)),
        onClose: () => {
          this.#isSubscribed = false;
          this.#tellListening();
        },
      },
    );
  }

  #tellListening(): void {
    const { epoch } = this.#broadcasts;
    if (epoch === undefined) return;
    void this.#session.post({ kind: 'listening', epoch: this.#isSubscribed ? epoch : noEpoch });
  }

  #receivePublication(signed: Uint8Array): void {
    const { bus, drops, inbox } = this.#options;
    const content = readPublication(this.#masterKey, signed);
    if (typeof content === 'string') return drops.drop(content);
    const { addressing } = content;
    if (addressing.form !== 'direct' || addressing.minionId !== bus.id) return drops.drop('unexpected');
    return inbox.takeDirect({ content, masterTime: this.#now() });
  }

  #receiveBroadcast(bytes: Uint8Array): void {
    const { drops, inbox } = this.#options;
    const frame = decodeFrame(bytes);
    if (frame?.kind !== 'broadcast') return drops.drop(frame === undefined ? 'malformed' : 'unexpected');
    const broadcast = this.#broadcasts.read(frame);
    if (typeof broadcast === 'string') return drops.drop(broadcast);
    const { content, isForUs } = broadcast;
    if (!inbox.passBroadcast(content.sequence)) return drops.drop('replayed');
    return isForUs ? inbox.takeBroadcast({ content, masterTime: this.#now() }) : undefined;
  }

  #setMasterTime(told: number): void {
    this.#masterTime = { told, at: this.#options.bus.clock.monotonic() };
  }

  #now(): number {
    return this.#masterTime.told + this.#options.bus.clock.monotonic() - this.#masterTime.at;
  }
}
