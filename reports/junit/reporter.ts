import type { RunRecord } from '../../harness/record/schema.ts';
import { groupBy } from '../model/cells.ts';
import { headlineOf } from '../model/headline.ts';
import { type Judgement, judgementsOf } from '../model/judgements.ts';
import type { Reporter } from '../report.ts';
import { tag, xmlText } from './safe-xml.ts';

/**
 * JUnit XML, as CI systems read it (the schema of Apache Ant’s task and Maven’s Surefire): a suite for each cell, a
 * test for each clause that its profile claims. What is broken failed, what is not decided is an error, what is excused
 * by a known deviation or cannot be asked here is skipped.
 */
export const junit: Reporter = { id: 'junit', extension: 'xml', render: renderJunit };

function renderJunit(record: RunRecord): string {
  const judgements = judgementsOf(record);
  const suites = [...groupBy(judgements, ({ group }) => group)];
  const root = tag('testsuites', {
    name: `ackmark ${record.id}`,
    ...countsOf(judgements),
    timestamp: record.startedAt,
  });
  const facts = {
    headline: headlineOf(record).sentence,
    seed: `${record.seed}`,
    ackmark: record.ackmark,
    command: record.command,
    exitCode: `${record.outcome.exitCode}`,
  };
  const properties = Object.entries(facts).map(
    ([name, value]) => `      ${tag('property', { name, value })}/>`,
  );
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${root}>`,
    ...suites.flatMap(([group, ofGroup], at) => [
      `  ${tag('testsuite', { name: group, ...countsOf(ofGroup), id: at })}>`,
      ...(at === 0 ? ['    <properties>', ...properties, '    </properties>'] : []),
      ...ofGroup.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function countsOf(judgements: readonly Judgement[]) {
  const count = (is: Judgement['outcome']['is']): number =>
    judgements.filter(({ outcome }) => outcome.is === is).length;
  return {
    tests: judgements.length,
    failures: count('failed'),
    errors: count('open'),
    skipped: count('skipped'),
    time: seconds(judgements.reduce((sum, { tookNs }) => sum + tookNs, 0)),
  };
}

function caseLines({ group, name, tookNs, outcome }: Judgement): readonly string[] {
  const open = `    ${tag('testcase', { classname: group, name, time: seconds(tookNs) })}`;
  switch (outcome.is) {
    case 'passed':
      return [`${open}/>`];
    case 'skipped':
      return [
        `${open}>`,
        `      ${tag('skipped', { message: outcome.because })}/>`,
        '    </testcase>',
      ];
    case 'failed':
      return caseWith(
        open,
        tag('failure', { type: 'violated', message: outcome.message }),
        'failure',
        outcome.details,
      );
    case 'open':
      return caseWith(
        open,
        tag('error', { type: outcome.code, message: outcome.message }),
        'error',
        outcome.details,
      );
  }
}

function caseWith(
  open: string,
  inner: string,
  name: string,
  details: readonly string[],
): readonly string[] {
  return [
    `${open}>`,
    `      ${inner}>${details.map(xmlText).join('\n')}</${name}>`,
    '    </testcase>',
  ];
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(3);
}
