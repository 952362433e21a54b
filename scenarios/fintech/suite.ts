import { suiteOf } from '../textbook/suite.ts';
import { exercise } from './sentence.ts';

/** On the embedded log in seconds; `--engine kafka` runs it at full length. */
export const fintechSuite = suiteOf([exercise]);
