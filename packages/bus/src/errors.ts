/** Every error code that the bus throws, with what it means. */
export const busErrors = {
  'bus-key-format': 'A key file or key text is not one line of the form that Brine writes.',
  'bus-key-role': 'A key belongs to the other role: a master key where a minion key is needed, or the reverse.',
  'bus-address-in-use': 'A port that the master should listen on is taken by another process.',
  'bus-address-unusable': 'The interface or port that the master should listen on cannot be used.',
  'bus-busy': 'Too many requests or bytes are waiting on this session; try again later.',
  'bus-cancelled': 'The request was cancelled by its signal.',
  'bus-disconnected': 'The session ended before the answer came; the other side may or may not have acted.',
  'bus-not-connected': 'There is no session with that minion.',
  'bus-timeout': 'No answer came in time; the other side may or may not have acted.',
  'bus-too-large': 'A message, body or list exceeds the limit of the protocol.',
  'bus-verb': 'A request names a verb outside the grammar.',
  'bus-publication': 'A publication has an id outside the grammar or no whole number of milliseconds as its end.',
  'bus-stopped': 'The bus is stopped or was not started.',
  'bus-remote': 'The other side failed to answer and did not say why.',
} as const;

/** A code of {@link busErrors}. */
export type BusErrorCode = keyof typeof busErrors;
