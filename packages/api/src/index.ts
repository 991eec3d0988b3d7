export { codecFor, jsonCodec, messagePackCodec, type BodyCodec } from './body-codec.ts';
export type {
  BatchWish,
  Caller,
  ControlPorts,
  EventControl,
  JobControl,
  JobEvent,
  JobRequest,
  JobReturnEvent,
  KeyChange,
  KeyControl,
  KeyEntry,
  KeyState,
  MasterEvent,
  RunnerControl,
  SubmittedJob,
} from './control-ports.ts';
export { createControlSurface } from './control-surface.ts';
export { apiErrors } from './errors.ts';
export { listenOnSocket } from './listen-on-socket.ts';
