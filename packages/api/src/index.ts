export { codecFor, jsonCodec, messagePackCodec, type BodyCodec } from './body-codec.ts';
export { isUnbound, nobody, type Caller, type JudgedCaller, type UnboundCaller } from './caller.ts';
export type { AccessControl, ApiKey, Credentials, JudgedCall, Login, TokenKind } from './access-ports.ts';
export type {
  AnnouncedCall,
  CallTerms,
  BatchWish,
  CreatedToken,
  ControlPorts,
  EventControl,
  JobControl,
  JobEvent,
  JobListing,
  JobRequest,
  JobReturnEvent,
  JoinToken,
  KeyChange,
  KeyControl,
  KeyEntry,
  KeyState,
  MasterCall,
  MasterEvent,
  MasterMeasures,
  RunnerAnswer,
  RotationAnswer,
  RunnerControl,
  SubmittedJob,
  WheelAnswer,
  WheelControl,
} from './control-ports.ts';
export { sharedPlace } from './place-of-request.ts';
export { createControlSurface } from './control-surface.ts';
export { apiErrors } from './errors.ts';
export { listenOnSocket, listenOnSideSocket, refuseSecond, type SideSocket } from './listen-on-socket.ts';
export { listenOnTcp, type TcpServer } from './listen-on-tcp.ts';
export {
  readNetapiListen,
  readNetapiSettings,
  type NetapiListen,
  type NetapiSettings,
} from './netapi/netapi-settings.ts';
export { describedRoutes, type DescribedRoute } from './openapi/routes.ts';
