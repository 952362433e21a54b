import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { emulatorProvisioner, type EmulatorPlace } from '../aws/emulator.ts';
import { classPathOf, fetchJars, type Jars } from '../maven/jars.ts';

const version = '1.7.1';
const heapMegabytes = 384;

const jars: Jars = {
  title: `ElasticMQ ${version}`,
  name: 'ElasticMQ',
  directory: `elasticmq-${version}`,
  coordinates: [`org.elasticmq:elasticmq-server_2.13:${version}`],
};

/** ElasticMQ (https://github.com/softwaremill/elasticmq): SQS in a Java process, kept in an H2 database. */
export const elasticmqProvisioner = emulatorProvisioner({
  kind: 'elasticmq',
  title: jars.title,
  fetch: (host) => fetchJars(host, jars),
  command: async (host, place) => {
    const configuration = join(place.directory, 'elasticmq.conf');
    await writeFile(configuration, configurationOf(place));
    return {
      command: 'java',
      arguments: [
        `-Xmx${heapMegabytes}m`,
        '-XX:+UseSerialGC',
        '-XX:+ExitOnOutOfMemoryError',
        '-Djava.awt.headless=true',
        `-Dconfig.file=${configuration}`,
        '-cp',
        classPathOf(host, jars),
        'org.elasticmq.server.Main',
      ],
      environment: definedEntries(host.environment),
    };
  },
  readyPath: '/health',
  readyStatus: 200,
});

/** Limits as strict as those of SQS; queues and messages are kept over a restart. */
function configurationOf({ port, dataDirectory }: EmulatorPlace): string {
  return `include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
queues-storage { enabled = true, path = ${JSON.stringify(join(dataDirectory, 'queues.conf'))} }
messages-storage { enabled = true, uri = ${JSON.stringify(`jdbc:h2:${join(dataDirectory, 'messages')}`)} }
`;
}
