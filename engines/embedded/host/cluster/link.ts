/**
 * Between the processes of a cluster: frames as clients send them, with the station that a frame is for, or
 * comes from, where a request has its correlation id. Every node has one connection, to the controller's
 * process, which passes on what is for another node. A frame that cannot leave is lost, as messages may be.
 */
import type { Socket } from 'node:net';
import { beginRequest, sealRequest, setCorrelation } from '../../protocol/frame.ts';
import { maxFrameBytes } from '../../protocol/protocol.ts';

export const LinkApi = {
  /** The first frame of a connection: which station it is. */
  greet: 200,
  message: 201,
} as const;

export const controllerStation = 255;

/** An answer to a follower holds what it asked for, or one entry, which may be as large as a frame. */
export const linkFrameBytes = 2 * maxFrameBytes;
const backlogBytes = 4 * linkFrameBytes;

export function linkFrame(api: number, station: number, body: Buffer): Buffer {
  const frame = sealRequest(beginRequest(api, body.length + 16).bytes(body));
  setCorrelation(frame, station);
  return frame;
}

/** Unless whoever is to read it has not read for long. */
export function sendFrame(socket: Socket | undefined, frame: Buffer): void {
  if (socket?.writable === true && socket.writableLength < backlogBytes) socket.write(frame);
}
