import type { Runtime } from '../runtime/runtime.ts';
import type { RuntimeDict, RuntimeValue } from '../values/runtime-value.ts';
import { SaltFunctions } from './salt-functions.ts';

/** Puts execution functions where `JinjaOptions.functions` wants them, among the variables of a render. */
export function placeFunctions(
  places: Readonly<Record<string, string>>,
  variables: Map<string, RuntimeValue>,
  runtime: Runtime,
): void {
  const all = new SaltFunctions(runtime);
  for (const [place, name] of Object.entries(places)) {
    const found = name === '*' ? all : all.named(name);
    const [variable = '', key] = place.split('.', 2);
    variables.set(variable, key === undefined ? found : extend(variables.get(variable), key, found));
  }
}

/** The context belongs to the caller: its dict stays as it is. */
function extend(dict: RuntimeValue | undefined, key: string, item: RuntimeValue): RuntimeDict {
  return new Map<RuntimeValue, RuntimeValue>([...(dict instanceof Map ? dict : []), [key, item]]);
}
