/**
 * A process that asks and waits for its answers: `<address> <name> <requests>`. Prints `queue <number>` of its
 * reply queue, `asked` when all its requests are confirmed, and `answer <correlation id> <body>` for each.
 */
import { Link } from './link.ts';

const [address = '', name = '', requests = ''] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const link = await Link.open(address, name, (got) => {
  say(`answer ${got.correlationId} ${got.body}`);
  void link.acknowledge(got);
});
const replyTo = `answers for ${name}`;
say(`queue ${await link.consume(replyTo, true)}`);
await link.grant(Number(requests));
for (let asked = 0; asked < Number(requests); asked += 1) {
  const letter = { body: `${name} asks ${asked}`, replyTo, correlationId: `${asked}` };
  if (await link.publish('requests', letter)) throw new Error('nobody takes requests');
}
say('asked');
