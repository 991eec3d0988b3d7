import { parentBlock, printBlock, TemplateReference } from '../runtime/block-reference.ts';
import { guardStatement } from '../runtime/guard.ts';
import type { BlockCode, Execute } from '../runtime/template-code.ts';
import type { BlockNode } from '../syntax/nodes.ts';
import { fault } from '../template-fault.ts';
import { analyzeStatements } from './analyze-names.ts';
import type { CompileBody } from './compile-body.ts';
import { CompileFrame } from './compile-frame.ts';
import { findUndeclared } from './find-undeclared.ts';
import { Scope, Unit } from './scope.ts';
import { compileEntry, compileLocals, writeSlot } from './slots.ts';

/** A `block` tag: makes the block known and prints its innermost version. */
export function compileBlock(node: BlockNode, at: CompileFrame, compileBody: CompileBody): Execute {
  at.state.blocks.set(node.name, compileBlockCode(node, at, compileBody));
  const locals = node.scoped ? compileLocals(at) : undefined;
  const { name, required } = node;
  return guardStatement(at.state.lines, node.offset, (frame, output) => {
    if (frame.extended !== undefined) return 'next';
    const { render } = frame;
    if (required && (frame.context.blocks.get(name)?.length ?? 0) <= 1)
      throw fault(`Required block '${name}' not found`);
    const context = locals === undefined ? frame.context : frame.context.derive(locals(frame));
    return printBlock(name, { context, render }, output);
  });
}

/** A block sees nothing of the scopes around it, only the context. */
function compileBlockCode(node: BlockNode, at: CompileFrame, compileBody: CompileBody): BlockCode {
  const scope = new Scope(new Unit());
  const flags = { toplevel: true, soft: false, isBlock: true, checksOutput: false, autoescape: at.autoescape };
  const inside = new CompileFrame(at.state, scope, flags);
  const used = findUndeclared(node.body, ['self', 'super']);
  const writeSelf = used.has('self') ? writeSlot(scope.declareParameter('self')) : undefined;
  const writeSuper = used.has('super') ? writeSlot(scope.declareParameter('super')) : undefined;
  analyzeStatements(scope, node.body);
  const body = compileBody(node.body, inside);
  const enter = compileEntry(scope);
  const code: BlockCode = {
    name: node.name,
    size: scope.unit.size,
    execute: (frame, output) => {
      const index = frame.context.blocks.get(node.name)?.indexOf(code) ?? 0;
      enter(frame);
      writeSelf?.(frame, new TemplateReference(frame));
      writeSuper?.(frame, parentBlock(node.name, index, frame));
      return body(frame, output);
    },
  };
  return code;
}
