/** RabbitMQ as one suite of Debian packages it. */
export interface Release {
  readonly suite: string;
  /** What apt is asked for. */
  readonly server: string;
  /** Of the unpacked system in the cache; the number changes when the recipe does. */
  readonly directory: string;
}

/**
 * By the kind of target that runs it. `local` is what is meant where nobody says more. What `sid` carries moves over
 * time: the cache keeps what was found first, and the target's title says which version that is.
 */
export const releases = {
  local: {
    suite: 'trixie',
    server: 'rabbitmq-server=4.0.*',
    directory: 'rabbitmq-4.0-trixie-1',
  },
  'debian-bookworm': {
    suite: 'bookworm',
    server: 'rabbitmq-server=3.10.*',
    directory: 'rabbitmq-3.10-bookworm-1',
  },
  'debian-sid': {
    suite: 'sid',
    server: 'rabbitmq-server',
    directory: 'rabbitmq-sid-1',
  },
} as const satisfies Readonly<Record<string, Release>>;

export type ReleaseKind = keyof typeof releases;
