/** Where messages are transformed: who reads what, and where the lanes of each side lead. */

/** The subscription of the transformers; all others read what they make. */
export const transformerGroup = 0;
/** The subscription in which the outputs are counted. */
export const outputGroup = 1;

/** Routes of the lanes: what producers send, and what transformers do. */
export const inputRoute = 0;
export const outputRoute = 1;

/** The only sink: the outputs, which are effects for whoever reads them back, or a ledger outside the system. */
export const effectSink = 0;
