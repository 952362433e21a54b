import { startLiveBroker } from './live-broker.ts';

/** A process of its own that brings a broker up, says where, and waits to be killed. */
const { up, directory } = await startLiveBroker();
process.stdout.write(`${directory} ${up.upstreams[0]?.port}\n`);
setInterval(() => undefined, 1_000);
