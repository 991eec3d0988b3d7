import type { Host, ReadHost } from '../../kit/index.ts';

/** What starts, stops and enables services on a machine. Verbs throw `state-failed` with what went wrong. */
export interface ServiceManager {
  /** As Salt's grain `init` names it. */
  readonly name: string;
  isAvailable(host: ReadHost, service: string): Promise<boolean>;
  isRunning(host: ReadHost, service: string): Promise<boolean>;
  isEnabled(host: ReadHost, service: string): Promise<boolean>;
  isMasked(host: ReadHost, service: string, runtime: boolean): Promise<boolean>;
  act(machine: Host, verb: ServiceVerb, service: string): Promise<void>;
  enable(machine: Host, service: string): Promise<void>;
  disable(machine: Host, service: string): Promise<void>;
  mask(machine: Host, service: string, runtime: boolean): Promise<void>;
  unmask(machine: Host, service: string, runtime: boolean): Promise<void>;
  /** All services there are, sorted. */
  list(host: ReadHost): Promise<readonly string[]>;
}

/** What can be done to a running service. */
export type ServiceVerb = 'start' | 'stop' | 'restart' | 'reload' | 'force-reload';
