import type { CheckModule } from '../check.ts';
import { fanOutSkew } from './r5-fan-out-skew.ts';
import { filterDisagreement } from './r6-filter.ts';
import { missingRoute } from './r1-missing-route.ts';
import { misRoute } from './r2-mis-route.ts';
import { multiplicity } from './r3-multiplicity.ts';
import { silentUnroutable } from './r4-silent-unroutable.ts';
import { changedAttributes } from './r7-attributes.ts';

export const routingChecks: readonly CheckModule[] = [
  missingRoute,
  misRoute,
  multiplicity,
  silentUnroutable,
  fanOutSkew,
  filterDisagreement,
  changedAttributes,
];
