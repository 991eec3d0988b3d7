export { createDataSeal, type DataSeal } from './data-seal.ts';
export { dropReasons, type DropReason } from './drop-counter.ts';
export { busErrors, type BusErrorCode } from './errors.ts';
export { fingerprint } from './fingerprint.ts';
export {
  encodePublicKey,
  encodeSecretKey,
  generateIdentity,
  loadIdentity,
  parsePublicKey,
  type Identity,
  type Role,
} from './identity.ts';
export { defaultLimits, type BusLimits } from './limits.ts';
export { createMasterBus } from './master-bus.ts';
export type {
  Candidate,
  DisconnectReason,
  MasterBus,
  MasterBusOptions,
  Publication,
  RequestOptions,
  SequenceReservation,
  Verdict,
} from './master-bus-options.ts';
export {
  createMemoryTransport,
  type MemoryFrame,
  type MemoryTransport,
  type MemoryTransportOptions,
} from './memory-transport.ts';
export { createMinionBus } from './minion-bus.ts';
export type {
  MasterAddress,
  MinionBus,
  MinionBusOptions,
  MinionState,
  MinionStateDetails,
  ReceivedPublication,
  SequenceMark,
  Trust,
} from './minion-bus-options.ts';
export { createSealer, type Sealer } from './sealer.ts';
export type {
  ConnectAddress,
  DealerEvents,
  DealerSocket,
  ListenAddress,
  PeerHandle,
  PublisherSocket,
  RouterSocket,
  SendOutcome,
  SubscriberEvents,
  SubscriberSocket,
  Transport,
} from './transport.ts';
export { createZeromqTransport } from './zeromq-transport.ts';
export { encodeChain, decodeChain, isSuccession, leadsTo, signSuccession, type SuccessionLink } from './succession.ts';
