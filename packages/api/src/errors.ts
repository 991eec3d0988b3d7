/** The codes of the errors this package throws. */
export const apiErrors = {
  'login-needed': 'a request through this door needs a token that is valid',
  'request-invalid': 'the body or a parameter of a request is not what the route takes',
  'route-unknown': 'there is no such route',
  'socket-in-use': 'another master listens on the control socket',
  'socket-unusable': 'the control socket cannot be created',
} as const;
