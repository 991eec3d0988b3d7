import { decodeMessage, decodeValue, encodeMessage, encodeValue, type Dict } from '@brine/common';
import type { ReactionRequest, RenderedReactions } from './reaction.ts';

/** A request as it travels to a worker. */
export function encodeReactionRequest({ data, ...rest }: ReactionRequest): Uint8Array {
  return encodeMessage({ ...rest, data: encodeValue(data) });
}

/** Reads what {@link encodeReactionRequest} wrote. */
export function decodeReactionRequest(body: Uint8Array): ReactionRequest {
  const { data, ...rest } = decodeMessage(body) as Omit<ReactionRequest, 'data'> & { readonly data: Uint8Array };
  return { ...rest, data: decodeValue(data) as Dict };
}

/** An answer as it travels back. */
export function encodeReactions({ reactions, problems }: RenderedReactions): Uint8Array {
  return encodeMessage({
    problems,
    reactions: reactions.map(({ params, ...rest }) => ({ ...rest, params: encodeValue(params) })),
  });
}

/** Reads what {@link encodeReactions} wrote. */
export function decodeReactions(body: Uint8Array): RenderedReactions {
  const { reactions, problems } = decodeMessage(body) as RenderedReactions;
  return {
    problems,
    reactions: reactions.map(({ params, ...rest }) => ({
      ...rest,
      params: decodeValue(params as unknown as Uint8Array) as Dict,
    })),
  };
}
