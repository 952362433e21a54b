/** The embedded brokers share one table: their statuses, and above 99 what only the client can know. */
export { embeddedOutcomes as outcomes } from '../embedded/outcomes.ts';
