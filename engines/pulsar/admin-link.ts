import { AckmarkError } from '../../harness/core/errors.ts';
import type { Endpoint } from '../provisioner.ts';

const answerMs = 15_000;
const reasonCharacters = 300;

export type Method = 'GET' | 'PUT' | 'DELETE';

export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
}

/** The admin API of a broker (https://pulsar.apache.org/admin-rest-api/?version=4.0.8), as far as it is used here. */
export class AdminLink {
  readonly #base: string;

  constructor({ host, port }: Endpoint) {
    this.#base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/admin/v2`;
  }

  /** Rejects where there is no answer; any answer is one. */
  async ask(method: Method, path: string, timeoutMs = answerMs): Promise<AdminAnswer> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  }

  /** @param tolerated answers besides the 200s that are as good. @throws AckmarkError CONNECT_FAILED */
  async request(method: Method, path: string, tolerated: readonly number[] = []): Promise<string> {
    const what = `${method} ${path}`;
    let answer: AdminAnswer;
    try {
      answer = await this.ask(method, path);
    } catch (cause) {
      throw new AckmarkError('CONNECT_FAILED', `Pulsar’s admin API did not answer ${what}`, {
        hint: 'Check the port behind ?admin=, and read the broker’s log.',
        cause,
      });
    }
    const { status, text } = answer;
    if ((status >= 200 && status < 300) || tolerated.includes(status)) return text;
    const isRefused = status === 401 || status === 403;
    throw new AckmarkError(
      isRefused ? 'ACCESS_REFUSED' : 'CONNECT_FAILED',
      `Pulsar’s admin API answered ${status} to ${what}: ${printable(text)}`,
      {
        hint: isRefused
          ? 'Use a broker without authorization.'
          : 'Read the broker’s log for what it could not do.',
      },
    );
  }
}

const printable = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, reasonCharacters);
