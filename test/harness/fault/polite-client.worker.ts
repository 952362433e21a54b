import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Endpoint } from '../../../engines/provisioner.ts';
import { request } from './tiny-wire.ts';

/** Sends three requests, says so, and says goodbye to the broker when it is asked to leave. */
const endpoint: Endpoint = workerData;
const socket = connect({ ...endpoint, noDelay: true });
let answered = 0;
socket.on('data', (chunk) => {
  answered += chunk.length;
  if (answered === 24) parentPort?.postMessage('answered');
});
socket.write(Buffer.concat([request(1, 'send'), request(2, 'send'), request(3, 'send')]));
parentPort?.once('message', () => {
  socket.end(request(4, 'other', Buffer.from('goodbye')));
});
