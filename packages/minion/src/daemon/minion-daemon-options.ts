import type { MinionBus, MinionState, MinionStateDetails } from '@brine/bus';
import type { Clock, Dict, JobMessage, JobReturn, Logger } from '@brine/common';
import type { BusCallbacks } from '../session/minion-bus.ts';
import type { CreateCompanions } from './companion.ts';
import type { JobJournal } from './job-journal.ts';
import type { WorkerLauncher } from './worker-port.ts';

/** What a daemon is made of. */
export interface MinionDaemonOptions {
  /** Makes the bus around the daemon's callbacks. */
  createBus(callbacks: BusCallbacks): Promise<MinionBus> | MinionBus;
  /** Makes a new key of this minion, to be used from the next connect on; resolves with its fingerprint. */
  rotateKey?(): Promise<string>;
  readonly journal: JobJournal;
  readonly launcher: WorkerLauncher;
  readonly clock: Clock;
  readonly logger: Logger;
  random(): number;
  /** The minion's configuration under Salt's key names. */
  readonly options: Dict;
  readonly version: string;
  readonly saltVersion: string;
  /** Jobs that may run at once. */
  readonly jobLimit: number;
  readonly drainMilliseconds: number;
  /** Told of every change in how this minion stands with its master. */
  onState?(state: MinionState, details: MinionStateDetails): void;
  /** Before the return of a job is written: hands it to returners, durably; never rejects. */
  handOn?(job: JobMessage, jobReturn: JobReturn): Promise<void>;
  /** What a job had done whose process ended before it, for people; never rejects. */
  describeInterrupted?(jid: string): Promise<string | undefined>;
  /** Ends this daemon, and then runs a command if there is one: it was asked to. */
  end?(command: readonly string[] | undefined): void;
  /** The command line of a daemon that can start itself again in the background. */
  readonly ownCommand?: readonly string[];
  /** The parts that start jobs by themselves. */
  readonly companions?: CreateCompanions;
}
