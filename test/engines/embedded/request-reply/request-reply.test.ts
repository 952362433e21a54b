import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BrokerChild } from '../broker-child.ts';
import { type Got, Link } from './link.ts';
import { Requester } from './requester.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const each = 100;
const patience = { timeout: 30_000 };
const expected = (name: string): string[] =>
  Array.from({ length: each }, (_, at) => `${at} to ${name} asks ${at}`);

/** Answers one request after another, as many as it is given credit for. */
class Responder {
  readonly #link: Link;
  /** Answers that no queue wanted: `<correlation id> <body>`. */
  readonly returned: string[] = [];
  answered = 0;

  private constructor(link: Link) {
    this.#link = link;
  }

  static async open(address: string): Promise<Responder> {
    let last = Promise.resolve();
    const link = await Link.open(address, 'responder', (got) => {
      last = last.then(() => responder.#answer(got));
    });
    const responder = new Responder(link);
    await link.consume('requests', false);
    undo.push(() => link.close());
    return responder;
  }

  grant(credit: number): Promise<void> {
    return this.#link.grant(credit);
  }

  async isGone(queue: number): Promise<boolean> {
    return this.#link.depth(queue).then(
      () => false,
      () => true,
    );
  }

  async #answer(got: Got): Promise<void> {
    const { replyTo, correlationId } = got;
    const body = `to ${got.body}`;
    const isReturned = await this.#link.publish(replyTo, { body, replyTo: '', correlationId });
    if (isReturned) this.returned.push(`${correlationId} ${body}`);
    await this.#link.acknowledge(got);
    this.answered += 1;
  }
}

async function start() {
  const data = mkdtempSync(join(tmpdir(), 'ackmark-reply-'));
  undo.push(() => rmSync(data, { recursive: true, force: true }));
  const broker = await BrokerChild.start({ kind: 'broker', data });
  undo.push(() => broker.kill());
  const { address } = broker.target;
  const responder = await Responder.open(address);
  // Both count their correlation ids from 0: what tells their answers apart is the queue alone.
  const requesters = ['one', 'other'].map((name) => {
    const requester = new Requester(address, name, each);
    undo.push(() => requester.kill());
    return requester;
  });
  const [one, other] = requesters;
  if (one === undefined || other === undefined) throw new Error('two were started');
  return { responder, one, other };
}

test('two requesters get the answers to their own requests, each once, under their correlation ids', async () => {
  const { responder, one, other } = await start();
  await responder.grant(2 * each);
  await expect.poll(() => one.answers.length + other.answers.length, patience).toBe(2 * each);
  expect(one.answers).toEqual(expected('one'));
  expect(other.answers).toEqual(expected('other'));
  expect(responder.returned).toEqual([]);
});

test('the answers to a requester that was killed come back, and those to the other do not', async () => {
  const { responder, one, other } = await start();
  await expect.poll(() => one.hasAsked && other.hasAsked, patience).toBe(true);
  await responder.grant(each / 2);
  await expect.poll(() => one.answers.length + other.answers.length, patience).toBe(each / 2);
  await one.kill();
  await expect.poll(() => responder.isGone(one.queue), patience).toBe(true);
  await responder.grant(2 * each);
  await expect.poll(() => responder.answered, patience).toBe(2 * each);
  await expect.poll(() => other.answers.length, patience).toBe(each);
  expect(other.answers).toEqual(expected('other'));
  expect([...one.answers, ...responder.returned]).toEqual(expected('one'));
  expect(responder.returned.length).toBeGreaterThanOrEqual(each / 2);
});
