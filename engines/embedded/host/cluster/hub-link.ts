import { createConnection, type Socket } from 'node:net';
import { ProtocolError } from '../../protocol/bytes.ts';
import { FrameDecoder, requestBody } from '../../protocol/frame.ts';
import type { ToController, ToReplica } from '../../replication/messages.ts';
import { decodeToReplica, encodeToController, encodeToReplica } from '../../replication/wire.ts';
import { controllerStation, LinkApi, linkFrame, linkFrameBytes, sendFrame } from './link.ts';

export interface HubLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly node: number;
  readonly received: (message: ToReplica) => void;
  readonly note: (line: string) => void;
}

const againMs = 100;

/** A node's connection to the hub, made again whenever it ends. */
export class HubLink {
  readonly #options: HubLinkOptions;
  #socket: Socket | undefined;
  #isClosed = false;

  constructor(options: HubLinkOptions) {
    this.#options = options;
    this.#connect();
  }

  toController(message: ToController): void {
    this.#send(controllerStation, encodeToController(message));
  }

  toReplica(to: number, message: ToReplica): void {
    this.#send(to, encodeToReplica(message));
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #send(station: number, body: Buffer): void {
    sendFrame(this.#socket, linkFrame(LinkApi.message, station, body));
  }

  #connect(): void {
    if (this.#isClosed) return;
    const { host, port, node, received, note } = this.#options;
    const socket = createConnection({ host, port, noDelay: true });
    const decoder = new FrameDecoder(linkFrameBytes);
    socket.on('connect', () => {
      socket.write(linkFrame(LinkApi.greet, node, Buffer.alloc(0)));
      this.#socket = socket;
    });
    socket.on('data', (chunk) => {
      try {
        decoder.push(chunk, (frame) => received(decodeToReplica(requestBody(frame))));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        note(`closed the connection to the controller: ${error.message}`);
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      setTimeout(() => this.#connect(), againMs);
    });
  }
}
