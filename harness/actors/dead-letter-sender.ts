import type { Deployed, Outcome, Outgoing, Producer, Session } from '../../engines/engine.ts';
import type { CopyBatch } from './copy-batch.ts';

/**
 * Stores copies of records in a destination for dead letters: with key and body as they were, and with headers that say
 * where each stood, how often it was tried and why it was given up. It belongs to one session and ends with it.
 */
export class DeadLetterSender {
  readonly #destination: number;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #producer: Producer | undefined;
  #nextTicket = 1;

  private constructor(destination: number) {
    this.#destination = destination;
  }

  /** @param lost the session is gone */
  static async open(
    session: Session,
    deployed: Deployed,
    destination: number,
    lost: () => void,
  ): Promise<DeadLetterSender> {
    const sender = new DeadLetterSender(destination);
    sender.#producer = await session.producer?.(
      { deployed },
      {
        settled: (ticket, outcome) => sender.#settled(ticket, outcome),
        returned: () => undefined,
        writable: () => undefined,
        disconnected: () => {
          sender.abandon();
          lost();
        },
      },
    );
    return sender;
  }

  /** @returns whether all of them certainly are stored */
  async send(batch: CopyBatch, attempts: number): Promise<boolean> {
    const producer = this.#producer;
    if (producer === undefined) return false;
    const answers = batch.deliveries.map(async ({ body, key, place }): Promise<Outcome> => {
      const ticket = this.#nextTicket;
      this.#nextTicket += 1;
      const answer = new Promise<Outcome>((resolve) => this.#waiting.set(ticket, resolve));
      const outgoing: Outgoing = {
        ticket,
        destination: this.#destination,
        key,
        partition: 0,
        group: undefined,
        deduplicationId: undefined,
        headers: {
          'original-scope': String(place?.scope ?? -1),
          'original-position': String(place?.position.major ?? -1),
          attempts: String(attempts),
          error: 'cannot be decoded',
        },
        delayMs: 0,
        // What was delivered may be memory of the client's.
        body: Buffer.from(body),
      };
      producer.send([outgoing]);
      return answer;
    });
    return (await Promise.all(answers)).every((outcome) => outcome === 'ok');
  }

  /** What has no answer gets none. */
  abandon(): void {
    this.#producer = undefined;
    for (const ticket of this.#waiting.keys()) this.#settled(ticket, 'unknown');
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    this.abandon();
  }

  #settled(ticket: number, outcome: Outcome): void {
    this.#waiting.get(ticket)?.(outcome);
    this.#waiting.delete(ticket);
  }
}
