import { createServer, type Socket } from 'node:net';
import {
  type Command,
  type CommandBody,
  type CommandKind,
  decodeCommand,
  encodeCommand,
} from '../../../engines/pulsar/protocol/commands.ts';
import {
  FrameCutter,
  payloadFrame,
  readFrame,
  readPayload,
  simpleFrame,
} from '../../../engines/pulsar/protocol/frames.ts';
import { messageMetadata } from '../../../engines/pulsar/protocol/messages.ts';

/** One client, as the broker sees it. */
export interface Client {
  readonly number: number;
  say<K extends CommandKind>(kind: K, body: CommandBody<K>): void;
  deliver(consumerId: number, entryId: number, body: string): void;
  cut(): void;
}

export interface Heard {
  readonly client: number;
  readonly command: Command;
  readonly payload: string;
  readonly producerName: string;
}

/** What the broker does instead of what it always does; true: that was all. */
export type Script = (command: Command, client: Client) => boolean;

/** A broker that answers everything well, but for what the script does. */
export class ScriptedBroker {
  readonly heard: Heard[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));
  script: Script = () => false;
  #clients = 0;
  #entries = 0;

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const bound = this.#server.address();
    if (typeof bound !== 'object' || bound === null) throw new Error('not bound');
    return `127.0.0.1:${bound.port}?admin=1`;
  }

  /** Of all clients, in order. */
  of<K extends CommandKind>(kind: K): readonly (Heard & { readonly command: { kind: K } })[] {
    return this.heard.filter(
      (one): one is Heard & { readonly command: { kind: K } } => one.command.kind === kind,
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#clients += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    const cutter = new FrameCutter();
    const client: Client = {
      number: this.#clients,
      say: (kind, body) => void socket.write(simpleFrame(encodeCommand(kind, body))),
      deliver: (consumerId, entryId, body) => {
        const messageId = { ledgerId: 5, entryId, partition: -1, batchIndex: -1 };
        const metadata = messageMetadata.encode({
          producerName: 'p',
          sequenceId: entryId,
          publishTimeMs: 1,
        });
        const command = encodeCommand('message', { consumerId, messageId });
        socket.write(payloadFrame(command, metadata, Buffer.from(body)));
      },
      cut: () => socket.destroy(),
    };
    socket.on('data', (chunk) => {
      for (const bytes of cutter.push(chunk)) {
        const { command: encoded, rest } = readFrame(bytes);
        const command = decodeCommand(encoded);
        const sent = command.kind === 'send' ? readPayload(rest) : undefined;
        this.heard.push({
          client: client.number,
          command,
          payload: sent?.payload.toString() ?? '',
          producerName:
            sent === undefined ? '' : messageMetadata.decode(sent.metadata).producerName,
        });
        if (!this.script(command, client)) this.#answer(command, client);
      }
    });
  }

  #answer(command: Command, client: Client): void {
    switch (command.kind) {
      case 'connect':
        return client.say('connected', { serverVersion: 'scripted', maxMessageBytes: 1_000 });
      case 'lookupTopic':
        return client.say('lookupTopicResponse', {
          requestId: command.body.requestId,
          response: 1,
        });
      case 'producer':
        return client.say('producerSuccess', {
          requestId: command.body.requestId,
          producerName: command.body.producerName ?? `the-broker’s-${client.number}`,
        });
      case 'subscribe':
      case 'closeConsumer':
        return client.say('success', { requestId: command.body.requestId });
      case 'send':
        this.#entries += 1;
        return client.say('sendReceipt', {
          producerId: command.body.producerId,
          sequenceId: command.body.sequenceId,
          messageId: { ledgerId: 5, entryId: this.#entries, partition: -1, batchIndex: -1 },
        });
      case 'ack':
        return client.say('ackResponse', {
          consumerId: command.body.consumerId,
          ...(command.body.requestId === undefined ? {} : { requestId: command.body.requestId }),
        });
      case 'ping':
        return client.say('pong', {});
      default:
    }
  }
}
