import type { Dict, Problem, SourceSpan, Value } from '@brine/common';
import type { RenderedText } from '@brine/jinja';
import type { TemplateEngine } from '../template-thread/template-engine.ts';
import type { InjectedRendererRequest } from './renderer.ts';

/** What goes from one renderer of a pipeline to the next. */
export interface StageData {
  readonly value: Value;
  /** Set while `value` is the text that a template gave. */
  readonly rendered?: RenderedText;
  readonly positionOf?: (container: Dict | Value[], key: Value) => SourceSpan | undefined;
}

/** What a renderer of a pipeline works with. */
export interface StageRequest extends InjectedRendererRequest {
  readonly name: string;
  readonly templates: TemplateEngine;
  /** Containers marked `!aggregate`. */
  readonly aggregates: WeakSet<object>;
  readonly warn: (problem: Problem) => void;
}

/** A renderer that a pipeline can name. */
export type StageRenderer = (input: StageData, request: StageRequest) => Promise<StageData>;
