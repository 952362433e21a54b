export type Headers = Readonly<Record<string, string>>;

/** What an exchange looks at; headers are decoded by who asks for them. */
export interface Routable {
  readonly key: string;
  readonly headers: () => Headers;
}

/** What a binding asks for. Each type of exchange looks at its part and at nothing else. */
export interface BindingSpec {
  readonly key: string;
  /** `x-match` of AMQP: whether all of the headers must agree, or one of them. */
  readonly match: 'all' | 'any';
  readonly headers: Headers;
}

export type Matcher = (message: Routable) => boolean;

/** Prepares a binding once, so that nothing of it is parsed again for each message. */
export type ExchangeType = (binding: BindingSpec) => Matcher;
