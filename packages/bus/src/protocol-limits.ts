/** The version of the protocol; part of every transcript. There is no other. */
export const protocolVersion = 1;

/** Sizes that both sides enforce and nobody can set; `docs/protocol.md` lists them. */
export const protocolLimits = {
  frameBytes: 263_168,
  fragmentBytes: 262_144,
  messageBytes: 67_108_864,
  /** Of a message in a session that is not accepted. */
  strangerMessageBytes: 262_144,
  openMessages: 16,
  openMessageBytes: 134_217_728,
  claimsBytes: 4_096,
  /** Of a chain by which a master's former keys vouch for the one it has. */
  successionLinks: 64,
  puzzleBits: 16,
  errorBytes: 65_536,
  /** How long after the last renewal of keys a master answers the next: they cost it public-key work. */
  rekeyPauseMilliseconds: 1_000,
} as const;
