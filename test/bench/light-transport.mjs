// The minion's half of the bus transport in plain TCP, speaking ZMTP 3.0: two file descriptors for each minion instead of the
// dozen that a ZeroMQ socket with its monitor takes, so that one process can be a large fleet.
import { connect } from 'node:net';

const greeting = Buffer.alloc(64);
greeting[0] = 0xff;
greeting[9] = 0x7f;
greeting[10] = 3;
greeting.write('NULL', 12, 'latin1');

const text8 = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
function ready(socketType) {
  const property = (name, value) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([text8(name), length, Buffer.from(value, 'latin1')]);
  };
  const body = Buffer.concat([text8('READY'), property('Socket-Type', socketType), property('Identity', '')]);
  return Buffer.concat([Buffer.from([0x04, body.length]), body]);
}

function frame(bytes) {
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
  const head = Buffer.alloc(9);
  head[0] = 2;
  head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}

/** The first message or command in what came, or `undefined` while it is not whole. */
function readFrame(pending) {
  if (pending.length < 2) return undefined;
  const isLong = (pending[0] & 2) !== 0;
  const start = isLong ? 9 : 2;
  if (pending.length < start) return undefined;
  const end = start + (isLong ? Number(pending.readBigUInt64BE(1)) : pending[1]);
  if (pending.length < end) return undefined;
  return { isCommand: (pending[0] & 4) !== 0, body: pending.subarray(start, end), rest: pending.subarray(end) };
}

/** Cuts what comes on a connection into its greeting and frames. */
function createReader({ onGreeting, onReady, onFrame }) {
  let pending = Buffer.alloc(0);
  let isGreeted = false;
  let isReady = false;
  function greet() {
    if (pending.length < greeting.length) return;
    pending = pending.subarray(greeting.length);
    isGreeted = true;
    onGreeting();
  }
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (!isGreeted) greet();
    if (!isGreeted) return;
    for (let read = readFrame(pending); read !== undefined; read = readFrame(pending)) {
      pending = read.rest;
      if (!read.isCommand) onFrame(new Uint8Array(read.body));
      else if (!isReady) {
        isReady = true;
        onReady();
      }
    }
  };
}

/** Opens a connection; `onFrame` gets each message of one part. */
function open({ host, port }, socketType, events) {
  const socket = connect({ host, port, noDelay: true });
  let isReady = false;
  let isClosed = false;
  const fail = (reason) => {
    if (isClosed) return;
    isClosed = true;
    socket.destroy();
    events.onClose(reason, isReady);
  };
  const read = createReader({
    onGreeting: () => socket.write(ready(socketType)),
    onReady: () => {
      isReady = true;
      events.onReady();
    },
    onFrame: (bytes) => isClosed || events.onFrame(bytes),
  });
  socket.on('connect', () => socket.write(greeting));
  socket.on('data', read);
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('connection closed'));
  return {
    send: async (bytes) => {
      if (isClosed || !isReady) return 'gone';
      if (socket.writableLength > 1_000_000) return 'full';
      socket.write(frame(bytes));
      return 'sent';
    },
    close: async () => {
      isClosed = true;
      socket.end();
    },
  };
}

/** A transport for minions only. */
export function createLightTransport() {
  return {
    connectDealer: (address, events) =>
      open(address, 'DEALER', {
        onReady: () => events.onOpen(address.host),
        onFrame: (bytes) => events.onFrame(bytes),
        onClose: (reason) => events.onClose(reason),
      }),
    connectSubscriber(address, events) {
      let isWanted = true;
      let current;
      const begin = () => {
        if (!isWanted) return;
        current = open(address, 'SUB', {
          onReady: () => void current.send(Uint8Array.of(1)),
          onFrame: (bytes) =>
            Buffer.from(bytes).toString('latin1') === 'welcome' ? events.onOpen() : events.onFrame(bytes),
          onClose: (_reason, wasReady) => {
            if (wasReady) events.onClose();
            setTimeout(begin, 1000).unref();
          },
        });
      };
      begin();
      return {
        close: async () => {
          isWanted = false;
          await current.close();
        },
      };
    },
  };
}
