/**
 * The ledger's process: `--data directory --port 1..65535`. Prints `ready` when it can be used; what was answered is on
 * disk. Ends with 0 after SIGTERM, and with 1 on a request that it cannot read.
 */
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { invariant } from '../../core/errors.ts';
import { Ledger } from './ledger.ts';
import { type LedgerAnswer, type LedgerRequest, Lines } from './protocol.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
  },
});
const { data, port } = values;
invariant(data !== undefined && port !== undefined, 'whoever starts a ledger says where');
const ledger = new Ledger(join(data, 'effects.sqlite'));

function answerTo(request: LedgerRequest): LedgerAnswer {
  const { id } = request;
  if (request.do === 'read') return { id, is: 'read', found: ledger.read() };
  if (request.do === 'apply') {
    return { id, is: 'applied', applied: ledger.apply(request.inputs, request.keying) };
  }
  ledger.remember(request.inputs);
  return { id, is: 'remembered' };
}

function serve(socket: Socket): void {
  const lines = new Lines((line) => {
    socket.write(`${JSON.stringify(answerTo(JSON.parse(line) as LedgerRequest))}\n`);
  });
  socket.setEncoding('utf8').setNoDelay(true);
  socket.on('data', (text: string) => lines.push(text));
  // A client that was crashed: what it asked for before stands.
  socket.on('error', () => socket.destroy());
}

process.on('SIGTERM', () => {
  ledger.close();
  process.exit(0);
});
createServer(serve).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});
