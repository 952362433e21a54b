import type { CheckModule } from '../check.ts';
import { effectLost } from './e1-effect-lost.ts';
import { effectTwice } from './e2-effect-twice.ts';
import { effectWithoutInput } from './e3-effect-without-input.ts';

export const effectsChecks: readonly CheckModule[] = [effectLost, effectTwice, effectWithoutInput];
