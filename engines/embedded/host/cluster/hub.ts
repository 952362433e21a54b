import { createServer, type Server, type Socket } from 'node:net';
import { ProtocolError } from '../../protocol/bytes.ts';
import {
  apiOf,
  correlationOf,
  FrameDecoder,
  requestBody,
  setCorrelation,
} from '../../protocol/frame.ts';
import { Controller } from '../../replication/controller.ts';
import type { ClusterState } from '../../replication/messages.ts';
import { decodeToController, encodeToReplica } from '../../replication/wire.ts';
import { keepsAll } from '../../rules.ts';
import { controllerStation, LinkApi, linkFrame, linkFrameBytes, sendFrame } from './link.ts';

export interface HubOptions {
  readonly nodes: number;
  readonly sessionMs: number;
  readonly uncleanElection: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Something has changed; called before anybody else hears of it. */
  readonly decided: (state: ClusterState) => void;
  readonly note: (line: string) => void;
}

/** The controller and, because all nodes are connected to it, the way from each to the others. */
export class Hub {
  readonly #options: HubOptions;
  readonly #server: Server;
  readonly #controller: Controller;
  readonly #stations = new Map<number, Socket>();
  #seen: ClusterState | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
    const { nodes, sessionMs, uncleanElection } = options;
    this.#controller = new Controller({
      nodes,
      sessionMs,
      uncleanElection,
      keeps: keepsAll,
      send: (to, state) => {
        this.#tell(state);
        const body = encodeToReplica({ kind: 'cluster', state });
        const frame = linkFrame(LinkApi.message, controllerStation, body);
        sendFrame(this.#stations.get(to), frame);
      },
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve());
    });
  }

  close(): void {
    for (const socket of this.#stations.values()) socket.destroy();
    this.#server.close();
  }

  /** Call it at least every quarter of `sessionMs`. */
  tick(): void {
    this.#controller.tick(this.#options.nowMs());
  }

  #accept(socket: Socket): void {
    const decoder = new FrameDecoder(linkFrameBytes);
    let station: number | undefined;
    socket.on('data', (chunk) => {
      try {
        decoder.push(chunk, (frame) => {
          if (station === undefined) station = this.#greeted(socket, frame);
          else this.#pass(station, frame);
        });
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#options.note(`closed a connection: ${error.message}`);
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (station !== undefined && this.#stations.get(station) === socket) {
        this.#stations.delete(station);
      }
    });
  }

  #greeted(socket: Socket, frame: Buffer): number {
    const station = correlationOf(frame);
    if (apiOf(frame) !== LinkApi.greet || station >= this.#options.nodes) {
      throw new ProtocolError('the first frame is no greeting of a node');
    }
    this.#stations.get(station)?.destroy();
    this.#stations.set(station, socket);
    return station;
  }

  #pass(from: number, frame: Buffer): void {
    const to = correlationOf(frame);
    if (to === controllerStation) {
      const message = decodeToController(requestBody(frame));
      return this.#controller.receive(message, this.#options.nowMs());
    }
    // The socket may keep it for longer than the chunk lasts that it is a part of.
    const copy = Buffer.from(frame);
    setCorrelation(copy, from);
    sendFrame(this.#stations.get(to), copy);
  }

  #tell(state: ClusterState): void {
    if (this.#seen?.version === state.version) return;
    this.#seen = state;
    const { epoch, leader, inSync } = state;
    this.#options.decided(state);
    const who = leader === undefined ? 'nobody leads' : `node ${leader.node} leads`;
    const set = inSync.map(({ node }) => node).join(', ');
    this.#options.note(`epoch ${epoch}: ${who}, in sync: ${set}`);
  }
}
