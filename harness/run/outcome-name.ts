import { noAnswerCode } from '../actors/role.ts';

/** The engine's word for a code, or ours where no answer had come when its sender gave up waiting. */
export function outcomeNameIn(outcomes: Readonly<Record<number, string>>, code: number): string {
  return code === noAnswerCode ? 'no answer in time' : (outcomes[code] ?? `code ${code}`);
}
