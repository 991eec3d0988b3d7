import { describeState } from '@brine/testkit';
import { query } from './query.ts';
import { waitForSuccessfulQuery } from './wait-for-successful-query.ts';

const answer = { text: 'all is well', status: 200 };
const surroundings = { functions: { 'http.query': () => answer } };
const name = 'http://127.0.0.1/health';
const pending = { comment: '(TEST MODE)', changes: {} };

describeState(query, [
  {
    title: 'asks for a text and a status',
    surroundings,
    arguments: { name, match: 'well', status: 200 },
    pending,
    applied: { comment: 'Match text "well" was found. Status 200 was found.' },
  },
  {
    title: 'knows patterns and lists',
    surroundings,
    arguments: { name, match: '^all', match_type: 'pcre', status: [200, 204], status_type: 'list' },
    pending,
    applied: { comment: 'Match pattern "^all" was found. Status 200 was found.' },
  },
  {
    title: 'fails for another answer',
    surroundings,
    arguments: { name, match: 'ill', status: '5..', status_type: 'pcre' },
    pending,
    applied: {
      comment: 'Match text "ill" was not found. Status pattern "5.." was not found.',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'has to know what is wanted',
    arguments: { name },
    fails: 'Either match text (match) or a status code (status) is required.',
  },
]);

let asked = 0;
describeState(waitForSuccessfulQuery, [
  {
    title: 'asks until the answer is as wished',
    surroundings: { functions: { 'http.query': () => ({ ...answer, status: (asked += 1) < 3 ? 503 : 200 }) } },
    arguments: { name, status: 200, request_interval: 0 },
    pending,
    applied: { comment: 'Status 200 was found.' },
  },
  {
    title: 'has failed when its time is over',
    surroundings: { functions: { 'http.query': () => ({ ...answer, status: 503 }) } },
    arguments: { name, status: 200, wait_for: 0, request_interval: 0 },
    pending,
    applied: { comment: 'Status 200 was not found.', failed: true },
  },
]);
