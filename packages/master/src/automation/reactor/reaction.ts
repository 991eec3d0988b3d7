import type { Dict, Problem, SourceSpan } from '@brine/common';

/** What the types of reactions are called. */
export const reactionTypes = ['local', 'runner', 'wheel', 'caller'] as const;

/** One thing to do about an event, as its file describes it. */
export interface Reaction {
  readonly id: string;
  readonly span: SourceSpan;
  readonly type: (typeof reactionTypes)[number];
  readonly fun: string;
  /** Everything else that the file says of it. */
  readonly params: Dict;
}

/** What the files of a rule gave for an event; those that failed give problems. */
export interface RenderedReactions {
  readonly reactions: readonly Reaction[];
  readonly problems: readonly Problem[];
}

/** The event that files of reactions are rendered for. */
export interface ReactionRequest {
  readonly files: readonly string[];
  readonly tag: string;
  readonly data: Dict;
}

/** Renders files of reactions away from the daemon's event loop. */
export interface ReactionRenderer {
  /** Rejects when no answer comes. */
  render(request: ReactionRequest): Promise<RenderedReactions>;
  close(): Promise<void>;
}
