import type { Frame } from '../runtime/frame.ts';
import { guardStatement } from '../runtime/guard.ts';
import type { Execute } from '../runtime/template-code.ts';
import type { FromImportNode, ImportDataNode, ImportNode, IncludeNode } from '../syntax/nodes.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileNameTarget } from './compile-target.ts';
import { compileLocals } from './slots.ts';

type Locals = (frame: Frame) => Map<string, RuntimeValue>;

/** The variables handed to another template; `undefined` where it is imported without context. */
function sharedLocals(withContext: boolean, at: CompileFrame): Locals | undefined {
  return withContext ? compileLocals(at) : undefined;
}

/** An `include` tag. */
export function compileInclude(node: IncludeNode, at: CompileFrame): Execute {
  const template = compileExpression(node.template, at);
  const locals = sharedLocals(node.withContext, at);
  const { lines } = at.state;
  return guardStatement(lines, node.offset, (frame, output) => {
    if (at.checksOutput && frame.extended !== undefined) return 'next';
    const { render, context } = frame;
    const code = render.selectTemplate(template(frame), lines.file, node.ignoreMissing);
    if (code === undefined) return 'next';
    if (locals === undefined) render.printModule(code, output);
    else render.include(code, context.all(locals(frame)), output);
    return 'next';
  });
}

function compileModule(node: ImportNode | FromImportNode | ImportDataNode, at: CompileFrame) {
  const template = compileExpression(node.template, at);
  const locals = sharedLocals(node.withContext, at);
  const { lines } = at.state;
  return (frame: Frame) => {
    const code = frame.render.loadTemplate(template(frame), lines.file);
    return frame.render.importModule(code, locals === undefined ? undefined : frame.context.all(locals(frame)));
  };
}

/** An `import` tag. Jinja does not offer imported names on to importers. */
export function compileImport(node: ImportNode, at: CompileFrame): Execute {
  const load = compileModule(node, at);
  const assign = compileNameTarget(node.target, at.isBlock ? at.asTemplateTop() : at, false);
  return guardStatement(at.state.lines, node.offset, (frame) => {
    assign(frame, load(frame));
    return 'next';
  });
}

/** A `from … import` tag. */
export function compileFromImport(node: FromImportNode, at: CompileFrame): Execute {
  const load = compileModule(node, at);
  const target = at.isBlock ? at.asTemplateTop() : at;
  const names = node.names.map(({ name, alias }) => ({ name, assign: compileNameTarget(alias, target, false) }));
  return guardStatement(at.state.lines, node.offset, (frame) => {
    const module = load(frame);
    for (const { name, assign } of names) {
      const value = module.attribute(name);
      assign(frame, value === undefined ? frame.render.notExported(module, name) : value);
    }
    return 'next';
  });
}

/** `import_yaml` and its kin: what another template prints, read as data. */
export function compileImportData(node: ImportDataNode, at: CompileFrame): Execute {
  const load = compileModule(node, at);
  const assign = compileNameTarget(node.target, at);
  return guardStatement(at.state.lines, node.offset, (frame) => {
    const module = load(frame);
    assign(frame, frame.render.readData(node.format, module.file, module.output));
    return 'next';
  });
}
