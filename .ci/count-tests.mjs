// Prints the last line of CI from vitest's JSON report. Plain JavaScript: the host's Node may be older.
import { readFileSync } from 'node:fs';

const [, , file, status] = process.argv;
let report = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
try {
  report = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  console.log(`no test report: ${error.message}`);
}
// A file that cannot be loaded fails without a test of its own.
const failed = Math.max(report.numFailedTests, status === '0' ? 0 : 1);
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`tests: ${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
