import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

async function refused(...argv: readonly string[]): Promise<string> {
  const host = fakeHost(['run', '--suite', 'aws-fidelity', ...argv]);
  expect(await main(host)).toBe(64);
  return host.err();
}

describe('run --suite aws-fidelity', () => {
  it('refuses what would be ignored, all of it at once', async () => {
    const said = await refused('--rate', '5k/s', '--scenario', 'steady', '--threshold', 'D4 == 0');
    expect(said).toContain('--rate: says nothing to aws-fidelity');
    expect(said).toContain('--scenario: says nothing to aws-fidelity');
    expect(said).toContain('--threshold: says nothing to aws-fidelity');
  });

  it('refuses a profile: clauses are about an engine', async () => {
    expect(await refused('--engine', 'sqs@fifo')).toContain('not about a profile of it');
  });

  it('refuses an engine without clauses, and one that nobody has', async () => {
    const said = await refused('--engine', 'kafka,sqz');
    expect(said).toContain('kafka has no clauses of a document that take seconds');
    expect(said).toContain('no engine is called');
  });

  it('refuses a target that none of the engines has, and names those there are', async () => {
    const said = await refused('--engine', 'sqs,sns', '--target', 'fauxqs,elasticmk');
    expect(said).toContain('did you mean elasticmq');
  });

  it('refuses AWS itself', async () => {
    const said = await refused('--engine', 'sqs', '--target', 'http://sqs.us-east-1.amazonaws.com');
    expect(said).toContain('charges for what it is sent');
  });

  it('is among the suites that list and mistyped names tell of', async () => {
    const host = fakeHost(['list', 'suites']);
    expect(await main(host)).toBe(0);
    expect(host.out()).toContain('aws-fidelity');
    const mistyped = fakeHost(['run', '--suite', 'aws-fidelty']);
    expect(await main(mistyped)).toBe(64);
    expect(mistyped.err()).toContain('aws-fidelity');
  });
});
