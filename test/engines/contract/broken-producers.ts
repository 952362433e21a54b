import { expect } from 'vitest';
import { type Broken, onSend, place, sendOne } from './broken.ts';
import { letter } from './scripted.ts';

export const brokenProducers: readonly Broken[] = [
  {
    what: 'settles a ticket twice',
    rule: 'ticket-settles-once',
    script: {
      producer: onSend((sink) => {
        sink.settled(7, 'ok', 0, undefined, 1);
        sink.settled(7, 'unknown', 2, undefined, 1);
      }),
    },
    drive: sendOne,
  },
  {
    what: 'settles a ticket of nobody',
    rule: 'ticket-is-known',
    script: { producer: onSend((sink) => sink.settled(8, 'ok', 0, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'returns a ticket of nobody',
    rule: 'ticket-is-known',
    script: { capabilities: ['returns'], producer: onSend((sink) => sink.returned(8)) },
    drive: sendOne,
  },
  {
    what: 'reads an object after it gave it back',
    rule: 'outgoing-is-not-kept',
    script: {
      producer: (sink) => {
        let kept = letter(0);
        return {
          send: ([message]) => {
            if (message !== undefined) kept = message;
            setImmediate(() => sink.settled(kept.ticket, 'ok', 0, undefined, 1));
          },
        };
      },
    },
    drive: async (opened) => {
      await sendOne(opened);
      await new Promise((resolve) => setImmediate(resolve));
    },
  },
  {
    what: 'calls a fire-and-forget send ok',
    rule: 'no-reply-is-never-ok',
    script: {
      traits: { sendReply: 'none' },
      producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)),
    },
    drive: sendOne,
  },
  {
    what: 'uses a code that the table does not name',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'fail', 99, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'uses code 0 for something else than ok',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'unknown', 0, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'uses a code that does not fit',
    rule: 'code-is-named',
    script: { producer: onSend((sink) => sink.settled(7, 'fail', 70_000, undefined, 1)) },
    drive: sendOne,
  },
  {
    what: 'counts no attempt',
    rule: 'attempts-count',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 0)) },
    drive: sendOne,
  },
  {
    what: 'accepts a key and ignores it',
    rule: 'undeclared-is-refused',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)) },
    drive: (opened) => sendOne(opened, { key: Buffer.from('k') }),
  },
  {
    what: 'reports a place it did not declare',
    rule: 'report-what-is-declared',
    script: { producer: onSend((sink) => sink.settled(7, 'ok', 0, place, 1)) },
    drive: sendOne,
  },
  {
    what: 'leaves out a place it declared',
    rule: 'report-what-is-declared',
    script: {
      capabilities: ['places'],
      producer: onSend((sink) => sink.settled(7, 'ok', 0, undefined, 1)),
    },
    drive: sendOne,
  },
  {
    what: 'returns a message without declaring it',
    rule: 'report-what-is-declared',
    script: { producer: onSend((sink) => sink.returned(7)) },
    drive: sendOne,
  },
  {
    what: 'flushes before a ticket has settled',
    rule: 'flush-waits',
    script: {},
    drive: async (opened) => {
      const producer = await opened.producer();
      producer.send([letter(7)]);
      await expect(producer.flush()).rejects.toThrow('flush-waits');
    },
  },
  {
    what: 'commits while a ticket of the transaction is unsettled',
    rule: 'commit-settles',
    script: {
      capabilities: ['transactions'],
      producer: () => ({
        begin: async () => ({
          include: async () => 'ok',
          commit: async () => 'ok',
          abort: async () => 'ok',
        }),
      }),
    },
    drive: async (opened) => {
      const producer = await opened.producer();
      const transaction = await producer.begin?.();
      producer.send([letter(7)], transaction);
      await expect(transaction?.commit()).rejects.toThrow('commit-settles');
    },
  },
  {
    what: 'closes a producer with unsettled tickets',
    rule: 'close-settles',
    script: {},
    drive: async (opened) => {
      const producer = await opened.producer();
      producer.send([letter(7)]);
      await expect(producer.close()).rejects.toThrow('close-settles');
    },
  },
  {
    what: 'tells of a disconnection before it settled its tickets',
    rule: 'disconnected-settles-first',
    script: { producer: onSend((sink) => sink.disconnected(new Error('reset'))) },
    drive: sendOne,
  },
  {
    what: 'settles after its session was closed',
    rule: 'silent-after-close',
    script: {
      producer: (sink) => ({
        send: () => {
          setImmediate(() => sink.settled(7, 'ok', 0, undefined, 1));
          sink.settled(7, 'ok', 0, undefined, 1);
        },
      }),
    },
    drive: async (opened) => {
      await sendOne(opened);
      await opened.session.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  },
  {
    what: 'has begin without declaring transactions',
    rule: 'presence-is-declared',
    script: { producer: () => ({ begin: () => Promise.reject(new Error('not reached')) }) },
    drive: async (opened) => {
      await expect(opened.producer()).rejects.toThrow('begin is present');
    },
  },
];
