import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectoryOf } from '../../harness/cli/cache-directory.ts';
import {
  cellOf,
  countOf,
  type FinishedRun,
  runInProcess,
  saysOneReplica,
} from './run-in-process.ts';

const live = process.env['ACKMARK_LIVE'] === '1';
const whyNot = live ? '' : ' (skipped: set ACKMARK_LIVE=1 to start real brokers)';

/** One scenario without its planted controls, which the suites of the checks have. */
const runOnce = (engine: string, scenario: string): Promise<FinishedRun> =>
  runInProcess(
    '--engine',
    engine,
    '--scenario',
    scenario,
    '--seed',
    '3',
    '--no-controls',
    '--quiet',
  );

function nothingLeft(): void {
  const running = join(cacheDirectoryOf(process.env), 'running');
  expect(readdirSync(running).filter((name) => name.startsWith(`${process.pid}.`))).toEqual([]);
}

describe.skipIf(!live)(`Apache Kafka, when answers are lost${whyNot}`, () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOnce('kafka@acks-all,kafka@idempotent', 'lost-response');
  });

  it('keeps every claim and leaves nothing running', () => {
    expect(run.exitCode, run.story).toBe(0);
    nothingLeft();
  });

  it('stores twice what is retried without idempotence, once with it', () => {
    expect(countOf(run, 'kafka@acks-all/lost-response', 'D4')).toBeGreaterThan(0);
    expect(countOf(run, 'kafka@idempotent/lost-response', 'D4')).toBe(0);
  });

  it('says that there is one replica', () => {
    expect(cellOf(run, 'kafka@acks-all/lost-response').effective).toSatisfy(saysOneReplica);
  });
});

describe.skipIf(!live)(`Apache Kafka, killed and restarted${whyNot}`, () => {
  it('loses nothing that it acknowledged', async () => {
    const run = await runOnce('kafka@acks-all', 'broker-crash');
    expect(run.exitCode, run.story).toBe(0);
    expect(countOf(run, 'kafka@acks-all/broker-crash', 'D1')).toBe(0);
    nothingLeft();
  });
});

describe.skipIf(!live)(
  `Three Apache Kafka nodes, one of which leads and is killed${whyNot}`,
  () => {
    let run: FinishedRun;
    beforeAll(async () => {
      run = await runOnce('kafka@acks-1,kafka@acks-all', 'leader-crash');
    }, 400_000);

    it('lose nothing that the in-sync replicas had, and leave nothing running', () => {
      expect(run.exitCode, run.story).toBe(0);
      expect(cellOf(run, 'kafka@acks-all/leader-crash').claimed).toBe(true);
      expect(countOf(run, 'kafka@acks-all/leader-crash', 'D1')).toBe(0);
      nothingLeft();
    });

    it('lose what the leader alone had acknowledged', () => {
      expect(countOf(run, 'kafka@acks-1/leader-crash', 'D1'), run.story).toBeGreaterThan(0);
    });
  },
);

describe.skipIf(!live)(`Three NATS nodes, one of which leads and is killed${whyNot}`, () => {
  it('lose nothing that a majority had acknowledged, and leave nothing running', async () => {
    const run = await runOnce('nats@jetstream,nats@jetstream-r1', 'leader-crash');
    expect(run.exitCode, run.story).toBe(0);
    expect(cellOf(run, 'nats@jetstream/leader-crash').claimed).toBe(true);
    expect(countOf(run, 'nats@jetstream/leader-crash', 'D1')).toBe(0);
    nothingLeft();
  });
});

describe.skipIf(!live)(`Three NATS nodes, whose leader no other node reaches${whyNot}`, () => {
  it('lose nothing that a majority had acknowledged, and leave no network behind', async () => {
    const run = await runOnce('nats@jetstream', 'node-partition');
    const [cell] = run.record.cells;
    const isPrivileged = process.getuid?.() === 0;
    if (isPrivileged) {
      expect(run.exitCode, run.story).toBe(0);
      expect(cellOf(run, 'nats@jetstream/node-partition').faults[0]?.bit).toBe(true);
      expect(countOf(run, 'nats@jetstream/node-partition', 'D1')).toBe(0);
    } else {
      const reason = expect.stringContaining('root');
      expect(cell).toMatchObject({ status: 'unsupported', reason });
    }
    expect(readdirSync('/sys/class/net').filter((card) => card.startsWith('ackmark'))).toEqual([]);
    nothingLeft();
  });
});

describe.skipIf(!live)(`RabbitMQ, when a consumer dies${whyNot}`, () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOnce('rabbitmq@auto-ack,rabbitmq@manual-ack', 'consumer-crash');
  });

  it('keeps every claim and leaves nothing running', () => {
    expect(run.exitCode, run.story).toBe(0);
    nothingLeft();
  });

  it('loses with automatic acknowledgement what the consumer held', () => {
    const lost = (['D1', 'D10'] as const).map((check) =>
      countOf(run, 'rabbitmq@auto-ack/consumer-crash', check),
    );
    expect(Math.max(...lost)).toBeGreaterThan(0);
  });

  it('delivers it again, flagged, and loses nothing with manual acknowledgement', () => {
    const cell = cellOf(run, 'rabbitmq@manual-ack/consumer-crash');
    expect(cell.counts.flaggedRedelivered).toBeGreaterThan(0);
    expect(countOf(run, 'rabbitmq@manual-ack/consumer-crash', 'D1')).toBe(0);
    expect(countOf(run, 'rabbitmq@manual-ack/consumer-crash', 'D10')).toBe(0);
  });
});

describe.skipIf(!live)(`NATS, when answers are lost${whyNot}`, () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOnce('nats@jetstream-r1,nats@dedup', 'lost-response');
  });

  it('keeps every claim and leaves nothing running', () => {
    expect(run.exitCode, run.story).toBe(0);
    nothingLeft();
  });

  it('stores twice what is sent again, and once what it recognises by its id', () => {
    expect(countOf(run, 'nats@jetstream-r1/lost-response', 'D4')).toBeGreaterThan(0);
    expect(countOf(run, 'nats@dedup/lost-response', 'D4')).toBe(0);
  });
});

describe.skipIf(!live)(`NATS, when a consumer dies${whyNot}`, () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOnce('nats@ack-none,nats@jetstream-r1', 'consumer-crash');
  });

  it('loses without acknowledgements what the consumer held', () => {
    expect(run.exitCode, run.story).toBe(0);
    const lost = (['D1', 'D10'] as const).map((check) =>
      countOf(run, 'nats@ack-none/consumer-crash', check),
    );
    expect(Math.max(...lost)).toBeGreaterThan(0);
  });

  it('delivers it again, flagged, and loses nothing with acknowledgements', () => {
    const cell = cellOf(run, 'nats@jetstream-r1/consumer-crash');
    expect(cell.counts.flaggedRedelivered).toBeGreaterThan(0);
    expect(countOf(run, 'nats@jetstream-r1/consumer-crash', 'D1')).toBe(0);
  });
});

describe.skipIf(!live)(`Redis, when a consumer dies${whyNot}`, () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOnce('redis@no-ack,redis@everysec', 'consumer-crash');
  });

  it('loses without acknowledgements what the consumer held', () => {
    expect(run.exitCode, run.story).toBe(0);
    const lost = (['D1', 'D10'] as const).map((check) =>
      countOf(run, 'redis@no-ack/consumer-crash', check),
    );
    expect(Math.max(...lost)).toBeGreaterThan(0);
  });

  it('hands it to another, flagged, and loses nothing with acknowledgements', () => {
    const cell = cellOf(run, 'redis@everysec/consumer-crash');
    expect(cell.counts.flaggedRedelivered).toBeGreaterThan(0);
    expect(countOf(run, 'redis@everysec/consumer-crash', 'D1')).toBe(0);
  });
});

describe.skipIf(!live)(`Redis, killed and restarted${whyNot}`, () => {
  it('loses nothing that it had synced before it acknowledged it, and leaves nothing running', async () => {
    const run = await runOnce('redis@fsync-always', 'broker-crash');
    expect(run.exitCode, run.story).toBe(0);
    expect(cellOf(run, 'redis@fsync-always/broker-crash').claimed).toBe(true);
    expect(countOf(run, 'redis@fsync-always/broker-crash', 'D1')).toBe(0);
    nothingLeft();
  });
});

describe.skipIf(!live)(`Three Redis nodes, whose primary is killed${whyNot}`, () => {
  it('lose what the primary alone had acknowledged, which nobody promised, and leave nothing running', async () => {
    const run = await runOnce('redis@everysec', 'leader-crash');
    expect(run.exitCode, run.story).toBe(0);
    const cell = cellOf(run, 'redis@everysec/leader-crash');
    expect(cell.claimed).toBe(false);
    expect(cell.target).toMatchObject({ nodes: 3 });
    expect(countOf(run, 'redis@everysec/leader-crash', 'D1'), run.story).toBeGreaterThan(0);
    nothingLeft();
  });
});

describe.skipIf(!live)(`Three RabbitMQ nodes, one of which leads and is killed${whyNot}`, () => {
  it('lose nothing of a quorum queue that they confirmed, and leave nothing running', async () => {
    const run = await runOnce('rabbitmq@quorum', 'leader-crash');
    const cell = cellOf(run, 'rabbitmq@quorum/leader-crash');
    expect(cell.claimed).toBe(true);
    expect(cell.verdict, run.story).toBe('pass');
    expect(cell.target).toMatchObject({ nodes: 3 });
    expect(countOf(run, 'rabbitmq@quorum/leader-crash', 'D1')).toBe(0);
    nothingLeft();
  });
});
