/** Where messages are transformed: who reads what, and where the lanes of each side lead. */

/** The subscription of the transformers; all others read what they make. */
export const transformerGroup = 0;
/** The subscription in which the outputs are counted. */
export const outputGroup = 1;

/** Routes of the lanes: what producers send, and what transformers do. */
export const inputRoute = 0;
export const outputRoute = 1;

/** The sink that the outputs are for the input: whoever reads them back sees what was applied. */
export const outputSink = 0;
