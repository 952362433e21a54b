import { startLiveBroker } from './live-broker.ts';

/** A process of its own that brings so many nodes up, says where, and waits to be killed. */
const nodes = Number(process.argv[2] ?? 1);
const { up, directory } = await startLiveBroker([], nodes);
process.stdout.write(`${directory} ${up.upstreams[0]?.port}\n`);
setInterval(() => undefined, 1_000);
