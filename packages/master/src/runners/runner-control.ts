import { AppError, closestName, liftMarkedKeywords, toValue, type Jid, type Value } from '@brine/common';
import { bindFunctionArguments } from '@brine/modules/kit';
import type { AnnouncedCall, Caller, CallTerms, MasterCall, RunnerAnswer, RunnerControl } from '@brine/api';
import type { AccessEngine } from '../access/access-engine.ts';
import type { Announce, Announcement } from '../events/announce-call.ts';
import type { RunnerContext } from './define-runner.ts';
import { runnerDeclarations } from './table.ts';

/** What runners are run with. */
export interface RunnerControlOptions {
  readonly services: Omit<
    RunnerContext,
    'caller' | 'jid' | 'setRetcode' | 'setOutputter' | 'print' | 'revealSecrets' | 'catalogue'
  >;
  readonly engine: Pick<AccessEngine, 'judgeSpecial' | 'judgeSecrets'>;
  readonly announce: Announce;
}

/** Runs runners by their names. Throws `runner-unknown`, `access-refused` and `function-arguments`. */
// oxlint-disable-next-line max-lines-per-function -- what one call sets stands beside what it is made of
export function createRunnerControl({ services, engine, announce }: RunnerControlOptions): RunnerControl {
  const table = new Map(runnerDeclarations.map((declaration) => [declaration.name, declaration]));
  function prepare(call: MasterCall, caller: Caller): (jid: Jid) => Promise<PreparedAnswer> {
    const { fun, positional, keyword, terms } = call;
    engine.judgeSpecial('runner', call, caller);
    const declaration = table.get(fun);
    if (declaration === undefined) throw unknownRunner(fun, [...table.keys()]);
    return async (jid) => {
      const args = bindFunctionArguments(declaration, positional, keyword);
      let retcode = 0;
      let printed = '';
      let { outputter } = declaration;
      let isPrivate = declaration.isPrivate === true;
      const value = await declaration.run(args, {
        ...underTerms(services, terms),
        caller,
        jid,
        setRetcode: (code) => {
          retcode = code;
        },
        setOutputter: (name) => {
          outputter = name;
        },
        print: (text) => {
          printed += text;
        },
        revealSecrets: () => {
          engine.judgeSecrets(fun, caller);
          isPrivate = true;
        },
        catalogue: () => runnerDeclarations,
      });
      const answer = {
        ...{ value: toValue(value), retcode },
        ...(outputter === undefined ? {} : { outputter }),
        ...(printed === '' ? {} : { printed }),
      };
      return { answer, isPrivate };
    };
  }
  const start = (given: MasterCall, caller: Caller): ReturnType<typeof runAnnounced> => {
    // What is judged and what is run have to be the same, so keywords are taken out of the list before both.
    const call = { ...given, ...liftMarkedKeywords(given.positional, given.keyword) };
    const work = prepare(call, caller);
    const isHidden = table.get(call.fun)?.hidesArguments === true;
    const told = isHidden ? { ...call, positional: ['not shown'], keyword: new Map<Value, Value>() } : call;
    return runAnnounced(announce('runner', told, caller), work);
  };
  return {
    async run(call, caller) {
      const { announced, answer } = start(call, caller);
      return { ...(await answer), announced };
    },
    begin(call, caller) {
      const { announced, answer } = start(call, caller);
      // How it went is told by its event.
      answer.catch(() => {});
      return announced;
    },
  };
}

type Services = RunnerControlOptions['services'];

/** What runners work with when one call says otherwise. */
function underTerms(services: Services, { timeout, skipsGrains = false }: CallTerms = {}): Services {
  const { options, localCalls } = services;
  return {
    ...services,
    ...(timeout === undefined ? {} : { options: new Map([...options, ['timeout', timeout]]) }),
    ...(skipsGrains
      ? { localCalls: { ...localCalls, run: async (call) => localCalls.run({ ...call, skipsGrains: true }) } }
      : {}),
  };
}

interface PreparedAnswer {
  readonly answer: RunnerAnswer;
  /** What is answered is shown to nobody but who asked. */
  readonly isPrivate: boolean;
}

function runAnnounced(
  { announced, finish }: Announcement,
  work: (jid: Jid) => Promise<PreparedAnswer>,
): { readonly announced: AnnouncedCall; readonly answer: Promise<RunnerAnswer> } {
  const answer = work(announced.jid).then(
    ({ answer: result, isPrivate }) => {
      finish(isPrivate ? 'not shown' : result.value, result.retcode === 0);
      return result;
    },
    (error: unknown) => {
      finish(error instanceof Error ? error.message : String(error), false);
      throw error;
    },
  );
  return { announced, answer };
}

function unknownRunner(fun: string, names: readonly string[]): AppError {
  const meant = closestName(fun, names);
  const hint = meant === undefined ? "see 'salt-run doc.runner'" : `did you mean '${meant}'?`;
  return new AppError({ code: 'runner-unknown', message: `there is no runner '${fun}'; ${hint}` });
}
