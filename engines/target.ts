/** Something reachable, described by values that cross threads. A result always carries it. */
export interface Target {
  readonly kind: string;
  /** What it is, with version: `Apache Kafka 4.4.0`. Never a vendor's name for an emulator. */
  readonly title: string;
  /** `host:port`, or a URL; comma-separated where a system has several. */
  readonly address: string;
  readonly nodes: number;
  /** For the adapter alone, and never recorded or printed: logins and keys are among them. */
  readonly settings: Readonly<Record<string, string>>;
}
