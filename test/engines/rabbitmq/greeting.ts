import { createServer, type Socket } from 'node:net';
import { FrameReader } from '../../../engines/rabbitmq/frames.ts';

/** Methods of class 10, connection, as frames have them (AMQP 0-9-1). */
const method = (number: number): number => 10 * 65_536 + number;
const [start, startOk, tune, open, openOk, close, closeOk] = [10, 11, 30, 40, 41, 50, 51].map(
  method,
) as [number, number, number, number, number, number, number];

const openChannel = 20 * 65_536 + 10;

/** A server that greets with these properties, lets everybody in, and hangs up on who asks for a channel. */
export async function greetingServer(properties: Readonly<Record<string, string>>) {
  let connections = 0;
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
    });
    socket.once('data', () => socket.write(startFrame(properties)));
    socket.on('data', (chunk) => heard.push(chunk));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    address: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    connections: () => connections,
    /** Everything that clients have said. */
    heard: () => Buffer.concat(heard),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function answer(socket: Socket): void {
  const reader = new FrameReader({ protocolHeader: true, keepFrames: false });
  const noLimit = Buffer.alloc(8);
  socket.on('data', (chunk) =>
    reader.read(chunk, (_bytes, told) => {
      if (told?.id === startOk) socket.write(frame(tune, noLimit));
      if (told?.id === open) socket.write(frame(openOk, shortText('')));
      if (told?.id === close) socket.end(frame(closeOk));
      if (told?.id === openChannel) socket.destroy();
    }),
  );
}

function startFrame(properties: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(properties).flatMap(([name, value]) => [
    shortText(name),
    Buffer.from('S'),
    longBytes(Buffer.from(value)),
  ]);
  const version = Buffer.from([0, 9]);
  const [mechanisms, locales] = ['PLAIN', 'en_US'].map((text) => longBytes(Buffer.from(text)));
  return frame(start, version, longBytes(Buffer.concat(fields)), mechanisms, locales);
}

function frame(id: number, ...parts: readonly (Buffer | undefined)[]): Buffer {
  const payload = Buffer.concat([uint32(id), ...parts.filter((part) => part !== undefined)]);
  return Buffer.concat([Buffer.from([1, 0, 0]), longBytes(payload), Buffer.from([0xce])]);
}

const shortText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);

const longBytes = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
