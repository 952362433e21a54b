import type { CheckId } from './anomalies.ts';

/**
 * By what a clause is convicted.
 * - `witness`: an event that must not be there; it convicts at its instant, whatever follows.
 * - `absence`: what is missing after everything was read; without a complete drain nothing is proven.
 * - `bound`: what took longer than its bound; a slower machine may need another bound.
 * - `contradiction`: no legal order of the events explains all of them together.
 */
export const evidenceKinds = ['witness', 'absence', 'bound', 'contradiction'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** What the kinds mean, for reports. */
export const evidenceMeaning: Readonly<Record<EvidenceKind, string>> = {
  witness: 'an event that must not be there',
  absence: 'what is missing after everything was read',
  bound: 'what took longer than its bound',
  contradiction: 'no legal order explains all events',
};

/**
 * Of every id, also of those that no check of this version decides. Where an anomaly has two sides, such
 * as a count that is too small or too large, the side that needs more evidence gives the kind.
 */
export const evidenceOf: Readonly<Record<CheckId, EvidenceKind>> = {
  D1: 'absence',
  D2: 'absence',
  D3: 'absence',
  D4: 'witness',
  D5: 'witness',
  D6: 'witness',
  D7: 'witness',
  D8: 'witness',
  D9: 'witness',
  D10: 'absence',
  D11: 'witness',
  D12: 'absence',
  O1: 'witness',
  O2: 'witness',
  O3: 'witness',
  O4: 'witness',
  O5: 'witness',
  O6: 'witness',
  O7: 'contradiction',
  O8: 'witness',
  O9: 'witness',
  O10: 'witness',
  O11: 'witness',
  O12: 'contradiction',
  V1: 'witness',
  V2: 'witness',
  V3: 'bound',
  V4: 'witness',
  V5: 'witness',
  V6: 'bound',
  V7: 'witness',
  V8: 'witness',
  G1: 'absence',
  G2: 'absence',
  G3: 'witness',
  G4: 'witness',
  G5: 'witness',
  G6: 'bound',
  G7: 'witness',
  T1: 'witness',
  T2: 'witness',
  T3: 'absence',
  T4: 'absence',
  T5: 'absence',
  T6: 'witness',
  T7: 'contradiction',
  T8: 'witness',
  T9: 'bound',
  T10: 'witness',
  R1: 'absence',
  R2: 'witness',
  R3: 'absence',
  R4: 'witness',
  R5: 'absence',
  R6: 'absence',
  R7: 'witness',
  Q1: 'absence',
  Q2: 'witness',
  Q3: 'witness',
  Q4: 'witness',
  Q5: 'witness',
  Q6: 'bound',
  Q7: 'absence',
  E1: 'absence',
  E2: 'witness',
  E3: 'witness',
  L1: 'bound',
  L2: 'bound',
  L3: 'bound',
  L4: 'bound',
  L5: 'absence',
};
