import { AckmarkError } from '../core/errors.ts';

/** `--minimum-effect` as a share: 5 per cent is 0.05. */
export function requireMinimumEffect(percent: number): number {
  if (percent > 0 && percent <= 1_000) return percent / 100;
  throw new AckmarkError('USAGE', '--minimum-effect must be a number above 0, up to 1000', {
    hint: 'For example --minimum-effect 5, which is five per cent.',
  });
}
