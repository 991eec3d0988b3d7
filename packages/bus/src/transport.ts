/**
 * What became of a frame: `sent` (handed to the pipe, which promises nothing more), `full` (the peer reads too
 * slowly: try again later) or `gone` (there is no such peer any more).
 */
export type SendOutcome = 'sent' | 'full' | 'gone';

/** How a transport names one connected peer. Chosen by the pipe or even by the peer: never an identity. */
export type PeerHandle = string;

/** The master's end of the sessions: one socket, many peers. */
export interface RouterSocket {
  /** The port that it listens on. */
  readonly port: number;
  /** Begins to read; frames that came earlier wait until then. */
  receive(onFrame: (peer: PeerHandle, frame: Uint8Array) => void): void;
  send(peer: PeerHandle, frame: Uint8Array): Promise<SendOutcome>;
  /** Stops receiving at once, lets what was sent leave for a moment, and frees the port. */
  close(): Promise<void>;
}

/** The master's end of the broadcasts. */
export interface PublisherSocket {
  /** The port that it listens on. */
  readonly port: number;
  /** Hands the frame to every subscriber; to those that read too slowly it is lost. */
  send(frame: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A minion's end of one connection to the master's sessions. Never reconnects by itself. */
export interface DealerSocket {
  send(frame: Uint8Array): Promise<SendOutcome>;
  close(): Promise<void>;
}

/** A minion's end of the broadcasts. Reconnects by itself, to the same address, until it is closed. */
export interface SubscriberSocket {
  close(): Promise<void>;
}

/** What happens on a {@link DealerSocket}; `onClose` comes at most once, and not after `close()` was called. */
export interface DealerEvents {
  /** `host` is the address that answered, of those that the name stands for. */
  onOpen(host: string): void;
  onFrame(frame: Uint8Array): void;
  onClose(reason: string): void;
}

/** What happens on a {@link SubscriberSocket}. */
export interface SubscriberEvents {
  /** From now on nothing that is published is missed, until `onClose`. */
  onOpen(): void;
  onFrame(frame: Uint8Array): void;
  onClose(): void;
}

/** Where to listen. */
export interface ListenAddress {
  /** An address of this machine, `0.0.0.0` or `::` for all. */
  readonly interface: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Where to connect to. The host is resolved anew at every connect. */
export interface ConnectAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * A pipe for frames: ROUTER/DEALER for sessions, PUB/SUB for broadcasts. It is trusted with neither identity nor
 * delivery; it must only keep the order of the frames of one connection. Sending
 * never rejects, and handlers never throw.
 */
export interface Transport {
  /** Throws `bus-address-in-use` or `bus-address-unusable`. */
  bindRouter(address: ListenAddress): Promise<RouterSocket>;
  /** Throws `bus-address-in-use` or `bus-address-unusable`. */
  bindPublisher(address: ListenAddress): Promise<PublisherSocket>;
  connectDealer(address: ConnectAddress, events: DealerEvents): DealerSocket;
  connectSubscriber(address: ConnectAddress, events: SubscriberEvents): SubscriberSocket;
}
