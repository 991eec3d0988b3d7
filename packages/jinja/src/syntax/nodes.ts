import type { ComparisonOperator } from '../operators/comparison.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';

interface At {
  /** Where the node starts in the template's text. */
  readonly offset: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

export interface CallArgumentNodes {
  readonly positional: readonly Expression[];
  readonly keyword: readonly { readonly name: string; readonly value: Expression }[];
  /** `*list`. */
  readonly spread: Expression | undefined;
  /** `**dict`. */
  readonly keywordSpread: Expression | undefined;
}

export interface NameNode extends At {
  readonly type: 'name';
  readonly name: string;
}

export interface CallNode extends At {
  readonly type: 'call';
  readonly callee: Expression;
  readonly args: CallArgumentNodes;
}

export interface FilterNode extends At {
  readonly type: 'filter';
  /** Absent in `filter` tags and `set` blocks, where the body is the input. */
  readonly input: Expression | undefined;
  readonly name: string;
  readonly args: CallArgumentNodes;
}

export interface SliceNode extends At {
  readonly type: 'slice';
  readonly start: Expression | undefined;
  readonly stop: Expression | undefined;
  readonly step: Expression | undefined;
}

export interface TupleNode extends At {
  readonly type: 'tuple';
  readonly items: readonly Expression[];
}

export interface ConditionalNode extends At {
  readonly type: 'conditional';
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly otherwise: Expression | undefined;
}

export interface CompareNode extends At {
  readonly type: 'compare';
  readonly first: Expression;
  readonly steps: readonly {
    readonly operator: ComparisonOperator;
    readonly operand: Expression;
    readonly offset: number;
  }[];
}

export interface TestNode extends At {
  readonly type: 'test';
  readonly input: Expression;
  readonly name: string;
  readonly args: CallArgumentNodes;
}

export type Expression =
  | NameNode
  | CallNode
  | FilterNode
  | SliceNode
  | TupleNode
  | ConditionalNode
  | CompareNode
  | TestNode
  | (At & { readonly type: 'constant'; readonly value: RuntimeValue })
  | (At & { readonly type: 'list'; readonly items: readonly Expression[] })
  | (At & {
      readonly type: 'dict';
      readonly pairs: readonly { readonly key: Expression; readonly value: Expression }[];
    })
  | (At & { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression })
  | (At & { readonly type: 'not'; readonly operand: Expression })
  | (At & { readonly type: 'sign'; readonly operator: '+' | '-'; readonly operand: Expression })
  | (At & {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & { readonly type: 'concat'; readonly parts: readonly Expression[] })
  | (At & { readonly type: 'attribute'; readonly object: Expression; readonly name: string })
  | (At & { readonly type: 'subscript'; readonly object: Expression; readonly key: Expression });

export interface NamespaceTarget extends At {
  readonly type: 'namespaceTarget';
  readonly name: string;
  readonly attribute: string;
}

export interface TupleTarget extends At {
  readonly type: 'tupleTarget';
  readonly items: readonly Target[];
}

/** What can be assigned to. */
export type Target = NameNode | NamespaceTarget | TupleTarget;

export interface DataNode extends At {
  readonly type: 'data';
  readonly text: string;
}

export interface OutputNode extends At {
  readonly type: 'output';
  readonly parts: readonly (DataNode | Expression)[];
}

export interface IfNode extends At {
  readonly type: 'if';
  readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise: readonly Statement[];
}

export interface ForNode extends At {
  readonly type: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly test: Expression | undefined;
  readonly recursive: boolean;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface MacroParameter {
  readonly name: string;
  readonly fallback: Expression | undefined;
}

export interface MacroNode extends At {
  readonly type: 'macro';
  readonly name: string;
  readonly parameters: readonly MacroParameter[];
  readonly body: readonly Statement[];
}

export interface CallBlockNode extends At {
  readonly type: 'callBlock';
  readonly call: CallNode;
  readonly parameters: readonly MacroParameter[];
  readonly body: readonly Statement[];
}

export interface BlockNode extends At {
  readonly type: 'block';
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
}

export interface SetNode extends At {
  readonly type: 'set';
  readonly target: Target;
  readonly value: Expression;
}

export interface SetBlockNode extends At {
  readonly type: 'setBlock';
  readonly target: Target;
  readonly filter: FilterNode | undefined;
  readonly body: readonly Statement[];
}

export interface FilterBlockNode extends At {
  readonly type: 'filterBlock';
  readonly filter: FilterNode;
  readonly body: readonly Statement[];
}

export interface WithNode extends At {
  readonly type: 'with';
  readonly assignments: readonly { readonly target: Target; readonly value: Expression }[];
  readonly body: readonly Statement[];
}

export interface IncludeNode extends At {
  readonly type: 'include';
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  readonly withContext: boolean;
}

export interface ImportNode extends At {
  readonly type: 'import';
  readonly template: Expression;
  readonly target: string;
  readonly withContext: boolean;
}

export interface FromImportNode extends At {
  readonly type: 'fromImport';
  readonly template: Expression;
  readonly names: readonly { readonly name: string; readonly alias: string; readonly offset: number }[];
  readonly withContext: boolean;
}

export type DataFormat = 'yaml' | 'json' | 'text';

/** `import_yaml` and its kin. */
export interface ImportDataNode extends At {
  readonly type: 'importData';
  readonly format: DataFormat;
  readonly template: Expression;
  readonly target: string;
  readonly withContext: boolean;
}

/** `load_yaml` and its kin. */
export interface LoadDataNode extends At {
  readonly type: 'loadData';
  readonly format: DataFormat;
  readonly target: Target;
  readonly body: readonly Statement[];
}

export interface ProfileNode extends At {
  readonly type: 'profile';
  readonly label: Expression;
  readonly body: readonly Statement[];
}

export interface AutoescapeNode extends At {
  readonly type: 'autoescape';
  readonly enabled: Expression;
  readonly body: readonly Statement[];
}

export type Statement =
  | OutputNode
  | IfNode
  | ForNode
  | MacroNode
  | CallBlockNode
  | BlockNode
  | SetNode
  | SetBlockNode
  | FilterBlockNode
  | WithNode
  | IncludeNode
  | ImportNode
  | FromImportNode
  | ImportDataNode
  | LoadDataNode
  | ProfileNode
  | AutoescapeNode
  | (At & { readonly type: 'extends'; readonly template: Expression })
  | (At & { readonly type: 'do'; readonly expression: Expression })
  | (At & { readonly type: 'break' | 'continue' });

/** The node of a union that has a type; also where one node stands for several types. */
export type NodeOfType<Node extends { readonly type: string }, Type extends string> = Node extends {
  readonly type: infer Types;
}
  ? Type extends Types
    ? Node
    : never
  : never;
