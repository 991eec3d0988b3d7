import { decodeMessage, decodeValue, encodeMessage, encodeValue, type Dict } from '@brine/common';
import type { MinionId, Problem } from '@brine/common';
import type { PillarAnswer, PillarRequest } from './pillar-service.ts';

/** A request as it travels to a pillar worker. */
export function encodePillarRequest({ grains, override, ...rest }: PillarRequest): Uint8Array {
  return encodeMessage({
    ...rest,
    grains: encodeValue(grains),
    ...(override === undefined ? {} : { override: encodeValue(override) }),
  });
}

/** Reads what {@link encodePillarRequest} wrote. */
export function decodePillarRequest(body: Uint8Array): PillarRequest {
  const { grains, override, ...rest } = decodeMessage(body) as Record<string, Uint8Array> & { minion: MinionId };
  return {
    ...rest,
    grains: decodeValue(grains as Uint8Array) as Dict,
    ...(override === undefined ? {} : { override: decodeValue(override) as Dict }),
  };
}

/** An answer as it travels back. */
export function encodePillarAnswer(answer: PillarAnswer): Uint8Array {
  return encodeMessage(answer.kind === 'pillar' ? { ...answer, pillar: encodeValue(answer.pillar) } : answer);
}

/** Reads what {@link encodePillarAnswer} wrote. */
export function decodePillarAnswer(body: Uint8Array): PillarAnswer {
  const answer = decodeMessage(body) as { kind: string; pillar: Uint8Array; problems: readonly Problem[] };
  if (answer.kind === 'failed') return { kind: 'failed', problems: answer.problems };
  return {
    ...(answer as unknown as Extract<PillarAnswer, { kind: 'pillar' }>),
    pillar: decodeValue(answer.pillar) as Dict,
  };
}
