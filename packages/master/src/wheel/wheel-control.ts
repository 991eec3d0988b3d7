import { AppError, callsOf, closestName, pythonStr, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { Caller, MasterCall, WheelControl } from '@brine/api';
import { bindFunctionArguments } from '@brine/modules/kit';
import type { AccessEngine } from '../access/access-engine.ts';
import type { Announce, Announcement } from '../events/announce-call.ts';
import type { WheelContext } from './define-wheel.ts';
import { wheelDeclarations } from './table.ts';

/** What wheel functions are run with. */
export interface WheelControlOptions {
  readonly services: Omit<WheelContext, 'caller'>;
  readonly engine: Pick<AccessEngine, 'judgeSpecial'>;
  readonly announce: Announce;
  /** The time as events are stamped with it. */
  readonly stamp: () => string;
}

/** Runs wheel functions by their names. */
export function createWheelControl({ services, engine, announce, stamp }: WheelControlOptions): WheelControl {
  const table = new Map(wheelDeclarations.map((declaration) => [declaration.name, declaration]));
  async function perform({ fun, positional, keyword }: MasterCall, caller: Caller): Promise<Outcome> {
    try {
      const declaration = table.get(fun);
      if (declaration === undefined) throw unknownFunction(fun, [...table.keys()]);
      const known: Dict = new Map(
        [...keyword].filter(([key]) => Object.hasOwn(declaration.args.shape, pythonStr(key))),
      );
      const args = bindFunctionArguments(declaration, positional, known);
      const value = toValue(await declaration.run(args, { ...services, caller }));
      return { value, isSuccess: true, shown: declaration.isPrivate === true ? 'not shown' : value };
    } catch (error) {
      const value = `Exception occurred in wheel ${fun}: ${error instanceof Error ? error.message : String(error)}`;
      return { value, isSuccess: false, shown: value };
    }
  }
  function start(
    given: MasterCall,
    caller: Caller,
  ): { readonly call: Announcement; readonly outcome: Promise<Outcome> } {
    const [call = given] = callsOf(given);
    engine.judgeSpecial('wheel', call, caller);
    const announcement = announce('wheel', call, caller);
    const outcome = perform(call, caller).then((result) => {
      announcement.finish(result.shown, result.isSuccess);
      return result;
    });
    return { call: announcement, outcome };
  }
  return {
    async run(given, caller) {
      const { call, outcome } = start(given, caller);
      const { value, isSuccess } = await outcome;
      const data = toValue({ ...call.facts, _stamp: stamp(), return: value, success: isSuccess } as Plain) as Dict;
      return { announced: call.announced, data };
    },
    begin: (given, caller) => start(given, caller).call.announced,
  };
}

interface Outcome {
  readonly value: Value;
  readonly isSuccess: boolean;
  /** What the event bus is told of the value. */
  readonly shown: Value;
}

function unknownFunction(fun: string, names: readonly string[]): AppError {
  const meant = closestName(fun, names);
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  return new AppError({ code: 'wheel-unknown', message: `'${fun}' is not available.${hint}` });
}
