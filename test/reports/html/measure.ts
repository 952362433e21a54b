/** Size and time of the HTML report of 8 profiles × 12 scenarios: `node test/reports/html/measure.ts`. */
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { largeRun } from '../fixtures/run.ts';

const run = largeRun(8, 12);
const timesMs: number[] = [];
let bytes = 0;
for (let round = 0; round < 5; round += 1) {
  const from = performance.now();
  bytes = Buffer.byteLength(await htmlReporter.render(run, plainOptions));
  timesMs.push(performance.now() - from);
}
const [first = 0, ...rest] = timesMs;
const median = rest.sort((a, b) => a - b)[rest.length >> 1] ?? 0;
process.stdout.write(
  `html report, 8 profiles × 12 scenarios: ${(bytes / 1000).toFixed(0)} kB (budget 500), ` +
    `${first.toFixed(0)} ms the first time (budget 2000), then ${median.toFixed(0)} ms\n`,
);
