/** What the kernel says about itself, as `uname` tells it. */
export interface KernelIdentity {
  /** `Linux`. */
  readonly kernel: string;
  readonly nodename: string;
  /** `6.1.0-18-amd64`. */
  readonly release: string;
  /** `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1`. */
  readonly version: string;
  /** `x86_64`, `aarch64`. */
  readonly architecture: string;
}

/** One address of a network interface. */
export interface InterfaceAddress {
  readonly family: 4 | 6;
  readonly address: string;
  readonly netmask: string;
  readonly prefixLength: number;
}

/** A network interface that is up. */
export interface NetworkInterface {
  readonly name: string;
  /** `52:54:00:12:34:56`; all zeros for the loopback. */
  readonly hardwareAddress: string;
  readonly addresses: readonly InterfaceAddress[];
}

/** What is known of the machine and this process without files or programs. */
export interface Machine {
  uname(): KernelIdentity;
  /** Interfaces in the order the kernel lists them. */
  interfaces(): readonly NetworkInterface[];
  /** The addresses a name resolves to through the name service; none when it does not. */
  resolve(name: string, family: 4 | 6): Promise<readonly string[]>;
  /** The name an address resolves to; `undefined` when it does not. */
  reverse(address: string): Promise<string | undefined>;
  /** Every variable of the environment. */
  environment(): Readonly<Record<string, string>>;
  process(): { readonly id: number; readonly workingDirectory: string };
  /** Abbreviation of the time zone in force, e.g. `CET`. */
  timeZone(): string;
}
