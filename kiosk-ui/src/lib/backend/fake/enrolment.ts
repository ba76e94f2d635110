import type { Enrolment } from '../bindings/Enrolment';
import type { Rung } from '../bindings/Rung';
import type { Trouble } from '../bindings/Trouble';

const checks = ['network', 'name', 'secure', 'clock', 'code', 'loading'] as const;

/** Enrolment that got as far as `rung` and, with `trouble`, failed there. */
export function enrolmentAt(rung: number, trouble: Trouble | null): Enrolment {
  const state = (i: number): Rung['state'] => {
    if (i < rung) return { is: 'passed' };
    if (i > rung) return { is: 'waiting' };
    if (trouble) return { is: 'failed', trouble };
    return { is: 'busy', percent: checks[i] === 'loading' ? 62 : null };
  };
  return {
    step: 'checking',
    server: 'gate.palmmeadows.example',
    gate: rung > 4 ? 'Gate 2' : null,
    ladder: checks.map((check, i) => ({ check, state: state(i) })),
  };
}
