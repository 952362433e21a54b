export interface NodePorts {
  readonly broker: number;
  readonly admin: number;
}

/**
 * What is set besides what the makers ship for a standalone broker. `journalSyncData` is `false` there, which would make
 * an acknowledgement worth nothing when the machine loses its power, and is not what bookies of a cluster have.
 */
function overridesOf({ broker, admin }: NodePorts): Readonly<Record<string, string | number>> {
  return {
    brokerServicePort: broker,
    webServicePort: admin,
    bindAddress: '127.0.0.1',
    advertisedAddress: '127.0.0.1',
    journalSyncData: 'true',
    brokerDeduplicationEnabled: 'true',
    transactionCoordinatorEnabled: 'true',
    brokerDeleteInactiveTopicsEnabled: 'false',
    webSocketServiceEnabled: 'false',
    // It is one of several that share a machine.
    numHttpServerThreads: 8,
    numIOThreads: 2,
    bookkeeperClientNumIoThreads: 2,
  };
}

/**
 * @param shipped `conf/standalone.conf`, of whose keys the last mention counts; its last line has no end of its own
 */
export function configurationOf(shipped: string, ports: NodePorts): string {
  const lines = Object.entries(overridesOf(ports)).map(([name, value]) => `${name}=${value}\n`);
  return `${shipped}\n${lines.join('')}`;
}

const opened = [
  'java.base/java.io',
  'java.base/java.util.zip',
  'java.base/java.nio',
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.platform',
  'java.management/sun.management',
  'jdk.management/com.sun.management.internal',
];

export interface JavaPlan {
  /** Of the unpacked distribution. */
  readonly root: string;
  readonly configuration: string;
  readonly dataDirectory: string;
}

/**
 * As `bin/pulsar standalone` starts it, without functions and without stream storage, and with its metadata in RocksDB:
 * one process is broker, bookie and metadata store. The serial collector and the first compiler start fastest.
 */
export function javaArguments({ root, configuration, dataDirectory }: JavaPlan): readonly string[] {
  return [
    '-Xms256m',
    '-Xmx768m',
    '-XX:MaxDirectMemorySize=512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Djava.net.preferIPv4Stack=true',
    '-Djute.maxbuffer=10485760',
    '-Dio.netty.tryReflectionSetAccessible=true',
    ...opened.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    '-Dlog4j.configurationFile=log4j2.yaml',
    '-Dlog4j2.is.webapp=false',
    '-Dpulsar.log.appender=Console',
    '-Dpulsar.routing.appender.default=Console',
    '-Dpulsar.log.level=info',
    '-Dpulsar.log.root.level=info',
    '-Dpulsar.allocator.exit_on_oom=true',
    '-cp',
    `${root}/conf:${root}/lib/*`,
    'org.apache.pulsar.PulsarStandaloneStarter',
    '--config',
    configuration,
    '-nfw',
    '-nss',
    '-a',
    '127.0.0.1',
    '--bookkeeper-dir',
    `${dataDirectory}/bookkeeper`,
    '--metadata-dir',
    `${dataDirectory}/metadata`,
  ];
}
