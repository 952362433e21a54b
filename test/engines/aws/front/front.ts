import {
  documentIn,
  type Forward,
  goodAnswer,
  type Manner,
  type Parameters,
  type Reaction,
  serviceCall,
} from '../../../../engines/aws/front/service-call.ts';

export const queue = 'http://sqs/000000000000/q';

/** A manner before a service that remembers what it was asked, and answers as it is told. */
export class Fronted {
  /** Parameters of the calls that came through. */
  readonly asked: Parameters[] = [];
  readonly #manner: Manner;
  /** What the service answers. */
  answers: (parameters: Parameters, operation: string) => Parameters = () => ({});

  constructor(manner: Manner) {
    this.#manner = manner;
  }

  call(operation: string, parameters: Parameters = {}): Promise<Reaction> {
    const whole = { QueueUrl: queue, ...parameters };
    const body = Buffer.from(JSON.stringify(whole));
    const call = serviceCall(`AmazonSQS.${operation}`, 'application/x-amz-json-1.0', body);
    const forward: Forward = async (changed, another = operation) => {
      const carriedOut = changed ?? whole;
      if (another === operation) this.asked.push(carriedOut);
      return goodAnswer(call, this.answers(carriedOut, another));
    };
    return this.#manner.react(call, forward);
  }

  /** The answer’s status and document; of one that is lost, 0 and nothing. */
  async ask(
    operation: string,
    parameters: Parameters = {},
  ): Promise<readonly [number, Parameters]> {
    const reaction = await this.call(operation, parameters);
    if (reaction.is === 'lost') return [0, {}];
    return [reaction.answer.status, documentIn(reaction.answer.body)];
  }
}

/** Says of each entry of a batch that it was done. */
export const allDone = ({ Entries }: Parameters): Parameters => ({
  Successful: (Array.isArray(Entries) ? Entries : []).map(({ Id }: Parameters) => ({ Id })),
});

export const entries = (count: number): Parameters => ({
  Entries: Array.from({ length: count }, (_, index) => ({
    Id: String(index),
    ReceiptHandle: `receipt ${index}`,
  })),
});
