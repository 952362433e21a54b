import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeNetworks } from '../../../engines/provisioner.ts';
import {
  type ClusterPlan,
  environmentOf,
  planCluster,
  writeConfigurations,
} from '../../../engines/rabbitmq/cluster-plan.ts';

const networks: NodeNetworks = {
  addressOf: (member) => `198.18.7.${11 + member}`,
  inside: (_, spec) => spec,
};

describe('the plan of several nodes', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-test-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function planned(apart: boolean): Promise<ClusterPlan> {
    let port = 20_000;
    const freePort = (): Promise<number> => Promise.resolve((port += 1));
    return planCluster({ freePort }, { nodes: 3, ...(apart ? { networks } : {}) });
  }

  async function read(plan: ClusterPlan, index: number) {
    await writeConfigurations(directory, plan);
    const node = plan.nodes[index];
    if (node === undefined) throw new Error(`no node ${index}`);
    const from = { kind: 'unpacked', root: '/', version: '4.0.5' } as const;
    return {
      configuration: readFileSync(join(directory, node.folder, 'rabbitmq.conf'), 'utf8'),
      environment: environmentOf(
        { from, namespaces: [], directory, inside: '/ackmark' },
        plan,
        node,
      ),
    };
  }

  it('has them on this machine alone, with short names', async () => {
    const { configuration, environment } = await read(await planned(false), 2);
    expect(configuration).toMatch(/^listeners\.tcp\.default = 127\.0\.0\.1:\d+$/m);
    expect(configuration).toContain('classic_config.nodes.1 = ackmark-1@localhost\n');
    expect(configuration).not.toContain('loopback_users');
    expect(environment).toMatchObject({
      RABBITMQ_NODENAME: 'ackmark-3@localhost',
      ERL_EPMD_ADDRESS: '127.0.0.1',
    });
    expect(environment).not.toHaveProperty('RABBITMQ_USE_LONGNAME');
  });

  it('in networks of their own has their addresses in everything by which they find each other', async () => {
    const { configuration, environment } = await read(await planned(true), 2);
    expect(configuration).toMatch(/^listeners\.tcp\.default = 198\.18\.7\.13:\d+$/m);
    expect(configuration).toContain('classic_config.nodes.1 = ackmark-1@198.18.7.11\n');
    expect(configuration).toContain('loopback_users.guest = false\n');
    expect(environment).toMatchObject({
      RABBITMQ_NODENAME: 'ackmark-3@198.18.7.13',
      RABBITMQ_USE_LONGNAME: 'true',
      ERL_EPMD_ADDRESS: '198.18.7.13',
      ACKMARK_LOOK_UP_ADDRESS: '198.18.7.13',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: expect.stringContaining(
        'inet_dist_use_interface {198,18,7,13} ',
      ),
    });
  });
});
