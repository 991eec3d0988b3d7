import { Frame } from '../runtime/frame.ts';
import { toFault } from '../runtime/guard.ts';
import type { Routine } from '../runtime/routine.ts';
import type { BlockCode, TemplateCode } from '../runtime/template-code.ts';
import { tokenize } from '../source/lexer.ts';
import type { LexerRules } from '../source/lexer-rules.ts';
import { tagTable } from '../syntax/tag-table.ts';
import { parseTemplate } from '../syntax/template-parser.ts';
import { TemplateReference } from '../runtime/block-reference.ts';
import type { TemplateSource } from '../template-host.ts';
import { analyzeStatements } from './analyze-names.ts';
import { CompileFrame } from './compile-frame.ts';
import { compileBody } from './compile-statement.ts';
import type { Statement } from '../syntax/nodes.ts';
import { findUndeclared } from './find-undeclared.ts';
import { Scope, Unit } from './scope.ts';
import { compileEntry, writeSlot } from './slots.ts';
import { statementParts } from './statement-parts.ts';

/** The filters and tests that templates are compiled against. */
export interface RoutineTables {
  readonly filters: ReadonlyMap<string, Routine>;
  readonly tests: ReadonlyMap<string, Routine>;
}

/** Turns the text of a template into functions. Throws a fault with a place when it is not well written. */
export function compileTemplate(source: TemplateSource, rules: LexerRules, tables: RoutineTables): TemplateCode {
  const tokenized = tokenize(rules, source.file, source.text);
  const { lines } = tokenized;
  const { body } = parseTemplate(tokenized, tagTable);
  const blocks = new Map<string, BlockCode>();
  const scope = new Scope(new Unit());
  const flags = { toplevel: true, soft: false, isBlock: false, checksOutput: hasExtends(body), autoescape: false };
  const at = new CompileFrame({ lines, ...tables, blocks }, scope, flags);
  const writeSelf = findUndeclared(body, ['self']).has('self') ? writeSlot(scope.declareParameter('self')) : undefined;
  analyzeStatements(scope, body);
  const run = compileBody(body, at);
  const enter = compileEntry(scope);
  return {
    lines,
    blocks,
    size: scope.unit.size,
    execute: (frame, output) => {
      enter(frame);
      writeSelf?.(frame, new TemplateReference(frame));
      const flow = run(frame, output);
      return frame.extended === undefined ? flow : runExtended(frame, frame.extended, output);
    },
  };
}

/** Whether the template may turn out to extend another, so that what it prints itself may go nowhere. */
function hasExtends(body: readonly Statement[]): boolean {
  return body.some(
    (statement) =>
      statement.type === 'extends' ||
      (statement.type === 'if' && statementParts(statement).bodies.some((inner) => hasExtends(inner))),
  );
}

function runExtended(frame: Frame, code: TemplateCode, output: Parameters<TemplateCode['execute']>[1]) {
  const { context, render } = frame;
  try {
    return render.deeper(() => code.execute(new Frame({ size: code.size, context, render }), output));
  } catch (error) {
    throw toFault(error);
  }
}
