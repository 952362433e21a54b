import { describe, expect, it } from 'vitest';
import { type FaultEvidence, faultRecord } from '../../../harness/fault/evidence.ts';
import { fault } from '../../../harness/record/schema.ts';

const lost = {
  kind: 'lose-response',
  asked: 3,
  responsesSwallowed: 3,
  responsesLostBehind: 1,
  sendsAnswered: 8,
  bytesForwarded: 4_096,
  connectionsCut: 3,
} as const;
const killed = { kind: 'kill-broker', pid: 42, signal: 'SIGKILL', gone: true } as const;
const powerless = {
  kind: 'lose-power',
  pid: 42,
  gone: true,
  lostBytes: 0,
  aim: undefined,
} as const;
const deposed = {
  kind: 'kill-leader',
  pid: 42,
  gone: true,
  followersPaused: 2,
  pausedMs: 151,
  acknowledgedAlone: 0,
  replicated: true,
  successor: 'node 2',
} as const;
const alone = {
  followersPaused: 2,
  pausedMs: 3_000,
  refused: 0,
  unacknowledged: {},
  acknowledgedAlone: 0,
} as const;
const stalled = {
  kind: 'stall-followers',
  ...alone,
  refused: 5,
  unacknowledged: { NOT_ENOUGH_REPLICAS: 5, NOT_ENOUGH_REPLICAS_AFTER_APPEND: 1 },
  acknowledgedLater: 0,
  resumedMs: 40.2,
} as const;
const lonely = {
  kind: 'strike-lone-leader',
  ...alone,
  pid: 42,
  gone: true,
  unanswered: 3,
  lostBytes: undefined,
  ledMeanwhile: undefined,
  leadsAfterwards: 'node 1',
} as const;
const killedAll = {
  kind: 'kill-all',
  nodes: 3,
  gone: 3,
  tookMs: 12,
  leadsAfterwards: 'node 2',
  resumedMs: 'never',
} as const;
const paused = {
  kind: 'pause-leader',
  pid: 42,
  pausedMs: 3_000,
  replicated: true,
  ledMeanwhile: 'node 2',
  acknowledgedMeanwhile: 1,
  leadsAfterwards: 'node 2',
} as const;
const rolled = {
  kind: 'restart-each',
  nodes: 3,
  restarted: 3,
  forced: 0,
  leading: 1,
  underLoad: 3,
  sent: 9,
  acknowledged: 1,
  refused: 0,
  unacknowledged: { 'connection lost': 4 },
} as const;
const crashedJob = { kind: 'crash-transformer', actor: 'job-1', terminated: true } as const;
const crashed = { kind: 'crash-consumer', actor: 'consumer-2', terminated: true } as const;

const churned = {
  kind: 'churn-consumers',
  planned: 12,
  carriedOut: 12,
  joined: 6,
  left: 1,
  crashed: 3,
} as const;
const replaced = {
  kind: 'replace-stalled',
  stood: true,
  stoodMs: 6_000,
  successor: 'transformer-5',
  settledMeanwhile: 400,
  wentOn: true,
} as const;

const joined = { kind: 'join-consumer', actor: 'consumer-5', scopes: 2 } as const;
const left = { kind: 'leave-consumer', actor: 'consumer-5', scopes: 2, left: true } as const;

const readAgain = {
  kind: 'read-again',
  ready: true,
  whole: true,
  acknowledged: 6_000,
  seen: 0,
  ofKeys: { keys: 64, missing: 64, replaced: 0, oldestReplacedMs: 0 },
  startsAgain: [],
  otherwise: 0,
  disturbed: 0,
} as const;

const bitten: readonly FaultEvidence[] = [
  lost,
  killed,
  powerless,
  { ...powerless, aim: { standstills: 2, unsyncedBytes: 70_000 } },
  deposed,
  { ...deposed, replicated: false, successor: undefined },
  stalled,
  { ...stalled, refused: 0, acknowledgedAlone: 1 },
  { ...stalled, refused: 0, acknowledgedLater: 1 },
  lonely,
  { ...lonely, lostBytes: 0, ledMeanwhile: 'node 2' },
  { ...lonely, unanswered: 0, refused: 1 },
  { ...lonely, unanswered: 0, acknowledgedAlone: 1 },
  crashed,
  { ...crashed, kind: 'crash-producer' },
  { ...crashedJob, after: 'commit' },
  { kind: 'cut-connections', connectionsCut: 1 },
  { ...lost, kind: 'lose-commit' },
  joined,
  left,
  churned,
  killedAll,
  paused,
  { ...paused, acknowledgedMeanwhile: 0 },
  { ...paused, replicated: false, ledMeanwhile: undefined, acknowledgedMeanwhile: 0 },
  rolled,
  replaced,
  readAgain,
];
const missing: readonly FaultEvidence[] = [
  { ...crashedJob, after: undefined },
  { ...crashedJob, after: 'commit', terminated: false },
  { ...churned, carriedOut: 11 },
  { ...churned, joined: 0 },
  { ...churned, left: 0 },
  { ...churned, crashed: 0 },
  { ...lost, responsesSwallowed: 2 },
  { ...lost, kind: 'lose-commit', responsesSwallowed: 2 },
  { ...lost, asked: 0, responsesSwallowed: 0 },
  { ...killed, gone: false },
  { ...powerless, gone: false },
  { ...deposed, gone: false },
  { ...deposed, followersPaused: 0 },
  { ...deposed, successor: undefined },
  { ...stalled, followersPaused: 0 },
  { ...stalled, refused: 0 },
  { ...lonely, gone: false },
  { ...lonely, unanswered: 0 },
  { ...lonely, followersPaused: 0 },
  { ...lonely, leadsAfterwards: undefined },
  { ...crashed, terminated: false },
  { kind: 'cut-connections', connectionsCut: 0 },
  { ...joined, scopes: 0 },
  { ...left, scopes: 0 },
  { ...left, left: false },
  { ...killedAll, gone: 2 },
  { ...killedAll, nodes: 0, gone: 0 },
  { ...killedAll, leadsAfterwards: undefined },
  { ...paused, ledMeanwhile: undefined },
  { ...paused, leadsAfterwards: undefined },
  { ...rolled, restarted: 2 },
  { ...rolled, underLoad: 2 },
  { ...rolled, sent: 0 },
  { ...replaced, stood: false },
  { ...replaced, settledMeanwhile: 0 },
  { ...replaced, wentOn: false },
  { ...readAgain, ready: false },
  { ...readAgain, whole: false },
  { ...readAgain, acknowledged: 0 },
];

describe('the evidence of a fault', () => {
  const at = { target: 'node 1', startedNs: 1, stoppedNs: 2, inFlight: 17 };

  it.each(bitten)('of $kind that is there says that it bit', (evidence) => {
    expect(fault.parse(faultRecord({ ...at, evidence }))).toMatchObject({
      bit: true,
      inFlight: 17,
    });
  });

  it.each(missing)('of $kind that is missing says that it did not', (evidence) => {
    expect(fault.parse(faultRecord({ ...at, evidence }))).toMatchObject({ bit: false });
  });

  it('names what was counted', () => {
    expect(faultRecord({ ...at, evidence: lost }).evidence).toEqual([
      { name: 'answers swallowed', value: '3 of 3' },
      { name: 'answers lost behind them', value: '1' },
      { name: 'sends that they answered', value: '8' },
      { name: 'bytes forwarded on the connections', value: '4096' },
      { name: 'connections cut', value: '3' },
    ]);
  });

  it('names by why what was not acknowledged while a leader was alone', () => {
    const { evidence } = faultRecord({ ...at, evidence: stalled });
    expect(evidence).toEqual([
      { name: 'followers that stood still', value: '2' },
      { name: 'milliseconds they stood still', value: '3000' },
      { name: 'sends refused meanwhile', value: '5' },
      { name: 'NOT_ENOUGH_REPLICAS', value: '5' },
      { name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', value: '1' },
      { name: 'sends acknowledged by the leader alone', value: '0' },
      { name: 'sends acknowledged at a later attempt', value: '0' },
      { name: 'milliseconds until sends were acknowledged again', value: '40' },
    ]);
  });
});
