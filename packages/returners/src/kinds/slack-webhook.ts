import { dumpYaml, isDict, pythonRepr, pythonStr, type Dict, type Value } from '@brine/common';
import { optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerContext, ReturnerSettings } from '../returner.ts';
import { sendRequest } from './http-request.ts';

/** Tells a channel of Slack, or of what speaks its language, of each return. */
export const slackWebhook: Returner = {
  prefix: 'slack_webhook',
  settings: {
    ...{ webhook: 'webhook', success_title: 'success_title', failure_title: 'failure_title' },
    ...{ author_icon: 'author_icon', show_tasks: 'show_tasks' },
  },
  defaults: { success_title: '{id} | Succeeded', failure_title: '{id} | Failed', author_icon: '', show_tasks: false },
  store: async (jobReturn, settings, context) => post(jobReturn, settings, context),
  async storeEvents(events, settings, context) {
    for (const event of events) {
      const told = event.get('data');
      // Only what is the return of a job is worth a message.
      if (told !== undefined && isDict(told) && told.has('return') && told.has('id'))
        await post(told, settings, context);
    }
  },
};

async function post(jobReturn: Dict, settings: ReturnerSettings, { id }: ReturnerContext): Promise<void> {
  const webhook = textSetting(settings, 'webhook', 'slack_webhook.webhook');
  const minion = pythonStr(jobReturn.get('id') ?? id);
  const isSuccess = isZero(jobReturn.get('retcode'));
  const title = textSetting(settings, isSuccess ? 'success_title' : 'failure_title', 'title').replaceAll(
    '{id}',
    minion,
  );
  const head = {
    fallback: title,
    color: '#272727',
    author_name: minion,
    author_icon: optionalText(settings, 'author_icon') ?? '',
    title: `Success: ${isSuccess ? 'True' : 'False'}`,
  };
  const attachments = attachmentsOf(jobReturn, { head, isSuccess, showsTasks: settings.get('show_tasks') === true });
  const url = /^https?:\/\//.test(webhook) ? webhook : `https://hooks.slack.com/services/${webhook}`;
  await sendRequest({ url, body: JSON.stringify({ attachments }) });
}

interface Shape {
  readonly head: object;
  readonly isSuccess: boolean;
  readonly showsTasks: boolean;
}

function attachmentsOf(jobReturn: Dict, { head, isSuccess, showsTasks }: Shape): readonly object[] {
  const lines = [`Function: ${pythonStr(jobReturn.get('fun') ?? '')}`];
  const given = jobReturn.get('fun_args');
  if (Array.isArray(given) && given.length > 0) lines.push(`Function Args: ${pythonRepr(given.map(pythonStr))}`);
  lines.push(`JID: ${pythonStr(jobReturn.get('jid') ?? '')}`);
  const value = jobReturn.get('return') ?? null;
  const steps = stepsOf(value);
  if (steps === undefined) {
    const text = isDict(value) ? `\n${dumpYaml(value)}` : pythonStr(value);
    return [
      { ...head, text: `${lines.join('\n')}\n` },
      { color: isSuccess ? 'good' : 'danger', title: `Return: ${text}` },
    ];
  }
  const failed = steps.filter(({ result }) => result === false);
  const changed = steps.filter(({ hasChanged }) => hasChanged);
  const seconds = steps.reduce((sum, { duration }) => sum + duration, 0) / 1000;
  lines.push(`Total: ${steps.length}`, `Duration: ${seconds.toFixed(2)} secs`);
  const fields = (some: readonly Step[]): object =>
    showsTasks && some.length > 0 ? { fields: some.map(({ name }) => ({ value: name, short: false })) } : {};
  return [
    { ...head, text: `${lines.join('\n')}\n` },
    { color: 'good', title: `Unchanged: ${steps.length - failed.length - changed.length}` },
    { color: 'warning', title: `Changed: ${changed.length}`, ...fields(changed) },
    { color: 'danger', title: `Failed: ${failed.length}`, ...fields(failed) },
  ];
}

interface Step {
  readonly name: string;
  readonly result: Value;
  readonly hasChanged: boolean;
  readonly duration: number;
}

/** The steps of a state run, in their order; `undefined` for another return. */
function stepsOf(value: Value): readonly Step[] | undefined {
  if (!isDict(value) || value.size === 0) return undefined;
  const entries = [...value].map(([key, step]) => [pythonStr(key), step] as const);
  if (!entries.every(([, step]) => isDict(step) && step.has('__id__'))) return undefined;
  return entries
    .map(([key, step]) => ({ key, step: step as Dict }))
    .toSorted((a, b) => Number(a.step.get('__run_num__') ?? 0) - Number(b.step.get('__run_num__') ?? 0))
    .map(({ key, step }) => {
      const changes = step.get('changes');
      return {
        name: `${pythonStr(step.get('__sls__') ?? '')}.sls | ${key.split('_|-')[1] ?? key}`,
        result: step.get('result') ?? null,
        hasChanged: step.get('result') !== false && isDict(changes ?? null) && (changes as Dict).size > 0,
        duration: Number(pythonStr(step.get('duration') ?? 0)) || 0,
      };
    });
}

function isZero(value: Value | undefined): boolean {
  return value === 0 || value === undefined;
}
