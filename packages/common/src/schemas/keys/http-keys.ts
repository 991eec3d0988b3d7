import { mapping, texts } from '../config-types.ts';

/** Keys about the HTTP API. */
export const httpKeys = {
  netapi_enable_clients: texts(
    [],
    'The clients the HTTP API serves: local, local_async, local_batch, local_subset, runner, runner_async, wheel, wheel_async.',
  ),
  rest_cherrypy: mapping('The HTTP API: `port`, `host`, `ssl_crt`, `ssl_key` and more; see the page on the HTTP API.'),
  rest_tornado: mapping('The HTTP API as `rest_cherrypy` sets it, for those who had the other server of Salt.'),
};
