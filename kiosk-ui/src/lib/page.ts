import type { Field } from './backend/bindings/Field';
import type { Touch } from './backend/bindings/Touch';
import type { TypePolicy } from './backend/bindings/TypePolicy';
import type { UnitRef } from './backend/bindings/UnitRef';
import type { Walkin } from './backend/bindings/Walkin';

/** How many digits a phone has. */
export const PHONE_DIGITS = 10;

/** A page over the home page. What it shows comes from the kiosk; which one is open only the window knows. */
export type Page =
  | { at: 'home' }
  | { at: 'walkin'; draft: Draft }
  | { at: 'cab' }
  | { at: 'code'; unit: UnitRef | null }
  | { at: 'inside'; leaving: boolean }
  | { at: 'tray' }
  | { at: 'card'; ask: string; view: 'choices' | 'spoken' | 'override' }
  | { at: 'sign_in' }
  | { at: 'sync' }
  | { at: 'emergency' };

/** Why somebody comes. */
export type Kind = Walkin['kind'];

/** A walk-in not yet sent. */
export interface Draft {
  /** Tells drafts apart. */
  id: number;
  kind: Kind;
  company: string | null;
  units: UnitRef[];
  name: string;
  phone: string;
  plate: string;
  people: number;
  /** The name of the photo that was taken. */
  photo: string | null;
  /** A line to show above the tiles: why a cab became a walk-in. */
  noCab: boolean;
}

/** An empty walk-in. */
export function draftOf(id: number, kind: Kind, company: string | null = null): Draft {
  return {
    id,
    kind,
    company,
    units: [],
    name: '',
    phone: '',
    plate: '',
    people: 1,
    photo: null,
    noCab: false,
  };
}

/** Whether there is anything in a draft that would be missed. A company is chosen again by one touch. */
export function worthKeeping(draft: Draft): boolean {
  return draft.units.length > 0 || draft.name + draft.phone + draft.plate !== '';
}

/** What of `policy`'s fields keeps a draft from being sent: what is needed and not there, or only half there. */
export function missing(draft: Draft, policy: TypePolicy): Field[] {
  const needed = policy.required.filter((field) => !filled(draft, field));
  const half = draft.phone !== '' && !filled(draft, 'phone') && !needed.includes('phone');
  return half ? [...needed, 'phone'] : needed;
}

function filled(draft: Draft, field: Field): boolean {
  return field === 'phone' ? draft.phone.length === PHONE_DIGITS : draft[field].trim() !== '';
}

/** The touch that sends a draft. */
export function walkin(draft: Draft): Touch {
  return {
    touch: 'walkin',
    kind: draft.kind,
    company: draft.company,
    units: draft.units.map((unit) => unit.id),
    name: draft.name.trim() || null,
    phone: draft.phone || null,
    plate: draft.plate.trim() || null,
    people: draft.people,
    photo: draft.photo,
  };
}
