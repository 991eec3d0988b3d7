import { decodeMessage, encodeMessage } from '@brine/common';

/** The master as a call reaches it: through a session of its own, or through the daemon's. */
export interface MasterLink {
  /** Rejects with an AppError of the master's code, or with one of the bus. */
  request(verb: string, body: Uint8Array): Promise<Uint8Array>;
}

/** Asks the master; bodies are plain trees. */
export async function ask(link: MasterLink, verb: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const answer = decodeMessage(await link.request(verb, encodeMessage(body)));
  return (answer ?? {}) as Readonly<Record<string, unknown>>;
}
