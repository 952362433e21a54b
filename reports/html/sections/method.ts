import { type CheckId, checkIds, clauseTitle } from '../../../harness/core/anomalies.ts';
import { evidenceKinds, evidenceMeaning, evidenceOf } from '../../../harness/core/evidence.ts';
import type { SelftestRecord } from '../../../harness/record/schema.ts';
import { isForeign, isJudged } from '../../model/cells.ts';
import { plural, whole } from '../../text/numbers.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import type { View } from '../view.ts';

/** How to read the page, and where its conclusions end. */
export function methodSection({ record }: View): SafeHtml {
  return html`<section id="method" aria-labelledby="method-h"><h2 id="method-h">Method and limits</h2><dl class="prose">
<dt>What is judged</dt><dd>Every send, outcome, delivery, settlement and fault of a cell is an event of its history. Each check folds that history and decides one anomaly. A promise is the absence of an anomaly under a named fault; the profile and the document behind it say which ones are promised.</dd>
<dt>Kept and broken</dt><dd>Kept means that no counterexample was found in the stated number of chances. Broken means that one was found, and the witness proves it. A finding counts only if it survives the most lenient reading of its timestamps; otherwise it is counted as possible.</dd>
<dt>Must, should</dt><dd>A level or a promise obliges to clauses, named like <code>at-least-once/D1</code>. Only a broken MUST violates it. A SHOULD that was seen is a warning: the exit code stays 0 unless it was asked to fail on it.</dd>
<dt>Expected</dt><dd>A known deviation (XFAIL) names its issue and the day on which it expires. Until then the broken clause is shown and excused; from the next day on it counts as broken. One that was kept all the same (XPASS) is a warning.</dd>
<dt>Unclaimed</dt><dd>Nobody promised it. When it was seen, the rate says what the weaker level costs: losses without acknowledgements are no defect, they are the bargain.</dd>
<dt>Inconclusive</dt><dd>A fault without evidence that it bit, a drain that did not finish, too few chances, or a check that failed. It is never counted as kept.</dd>
<dt>Chances and 3/n</dt><dd>When an anomaly was seen in none of n independent chances, its rate is below 3/n with 95 % confidence. Chances of one run are not fully independent, so take the bound as a floor of doubt.</dd>
<dt>Evidence</dt><dd>${evidenceKinds.map((kind) => `${kind}: ${evidenceMeaning[kind]}`).join('; ')}.</dd>
${selftestText(record.selftest)}<dt>Outcomes</dt><dd>A send ends as ok, as certainly not applied, or as unknown. Timeouts, cut connections and fire-and-forget are unknown; they are never counted as acknowledged.</dd>
<dt>Clock</dt><dd>One monotonic clock per host, in nanoseconds from the start of the run. Callback time is not broker time: order-sensitive checks use the instant of the request and the session, so that a prefetched copy is no violation.</dd>
${isForeign(record) ? nothing : ofRuns()}</dl>${vocabulary(idsIn(record), record.selftest)}</section>`;
}

/** What has no meaning for a history that nothing was run for. */
function ofRuns(): SafeHtml {
  return html`<dt>Latency</dt><dd>The load is an absolute timetable. Response time counts from the instant at which a message was due, service time from the instant at which it was handed to the client. Warm-up is left out of latencies, never out of judgement.</dd>
<dt>Invalid measurements</dt><dd>A cell whose generator was late, which missed its rate, had too few samples or did not drain enters no comparison and carries no price, but for medians and CPU where nothing but its tail was late.</dd>
<dt>CPU</dt><dd>On a shared machine CPU per message is steadier than latency. Client CPU is that of the actors, broker CPU that of the broker processes where they were started here.</dd>
<dt>Embedded engines</dt><dd>They are references for teaching: small, readable implementations of a log, a queue and a routing broker. They are not products, and their figures say nothing about any.</dd>
`;
}

/** Whether the checks themselves can be believed. */
function selftestText(selftest: SelftestRecord | null): SafeHtml {
  if (selftest === null) {
    return html`<dt>The checks themselves</dt><dd>Not put to the test before this run; <code>ackmark selftest</code> lets them find planted defects, and later reports tell its score.</dd>
`;
  }
  const { killed, total, falseFlags, histories, at, pending } = selftest;
  return html`<dt>The checks themselves</dt><dd>${whole(killed)} of ${whole(total)} planted defects were found as exactly what they are, ${plural(pending.length, 'is', 'are')} not played yet; ${whole(falseFlags)} of ${plural(histories, 'clean history was', 'clean histories were')} flagged (<code>ackmark selftest</code>, ${at}).</dd>
`;
}

function idsIn({ cells }: View['record']): readonly CheckId[] {
  const told = new Set(
    cells.filter(isJudged).flatMap((cell) => cell.clauses.map(({ check }) => check)),
  );
  return checkIds.filter((id) => told.has(id));
}

/** What the ids of this page mean, what convicts of each, and how well its check was tested. */
function vocabulary(ids: readonly CheckId[], selftest: SelftestRecord | null): SafeHtml {
  const meanings = ids.map(
    (id) =>
      html`<dt>${id}</dt><dd>${clauseTitle[id]} <small>${evidenceOf[id]}${scoreOf(id, selftest)}</small></dd>`,
  );
  return html`<h3 id="vocabulary">The anomalies of this page, and what convicts of each</h3><dl class="kv">${meanings}</dl>`;
}

function scoreOf(id: CheckId, selftest: SelftestRecord | null): string {
  const score = selftest?.perCheck.find(({ check }) => check === id);
  if (score === undefined) return '';
  return `; found ${score.killed} of ${score.total} planted`;
}
