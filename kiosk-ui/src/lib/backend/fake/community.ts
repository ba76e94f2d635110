import type { FormPolicy } from '../bindings/FormPolicy';
import type { UnitRef } from '../bindings/UnitRef';
import type { Who } from '../bindings/Who';

/** A made-up community: four towers of fourteen floors with four flats each. */
export const towers = ['A', 'B', 'C', 'D'];
export const floors = Array.from({ length: 14 }, (_, i) => String(i + 1));
const flats = ['01', '02', '03', '04'];

/** A unit by its names. */
export function unit(tower: string, floor: string, flat: string): UnitRef {
  const label = `${tower}-${floor}${flat}`;
  return { id: `unit-${label}`, label, tower, floor, flat, intercom: `${floor}${flat}` };
}

/** The flats of a floor. */
export function flatsOf(tower: string, floor: string): UnitRef[] {
  return flats.map((flat) => unit(tower, floor, flat));
}

/** Every unit. */
export const units = towers.flatMap((tower) => floors.flatMap((floor) => flatsOf(tower, floor)));

export const guards = [
  { id: 'guard-ramesh', name: 'Ramesh Yadav', photo: 'face-ramesh' },
  { id: 'guard-sunita', name: 'Sunita Devi', photo: 'face-sunita' },
  { id: 'guard-imran', name: 'Imran Sheikh', photo: null },
  { id: 'guard-thomas', name: 'Thomas Kurian', photo: null },
];

/** Every guard's PIN. */
export const pin = '246810';

export const companies = [
  'Zomato',
  'Swiggy',
  'Blinkit',
  'Amazon',
  'Flipkart',
  'Zepto',
  'BigBasket',
  'Blue Dart',
];

export const forms: FormPolicy = {
  types: [
    { kind: 'DELIVERY', required: [], optional: [], override_allowed: true },
    { kind: 'GUEST', required: [], optional: ['phone', 'name', 'plate'], override_allowed: true },
    { kind: 'TAXI', required: ['plate'], optional: ['phone'], override_allowed: true },
    { kind: 'SERVICE', required: ['name'], optional: ['phone'], override_allowed: false },
  ],
};

/** Somebody, unless said otherwise a guest of A-1203. */
export function who(other: Partial<Who> = {}): Who {
  return {
    kind: 'GUEST',
    subject: 'VISITOR',
    name: null,
    company: null,
    plate: null,
    phone_end: null,
    units: [unit('A', '12', '03')],
    people: 1,
    photo: null,
    ...other,
  };
}

const names = [
  'Anjali Menon',
  'Vikram Rao',
  'Fatima Khan',
  'Joseph Mathew',
  'Lakshmi Subramaniam',
  'Harpreet Singh',
  'Meena Kumari',
  'Arjun Nair',
  'Kavya Iyer',
  'Rahul Deshpande',
];

/** Who is inside when the demo begins: who they are, and since how many minutes. */
export const insideAtStart: { who: Who; minutes: number; gate: string | null; overstay: boolean }[] =
  Array.from({ length: 23 }, (_, i) => {
    const at = units[(i * 37 + 11) % units.length] ?? unit('A', '1', '01');
    const kind = (['DELIVERY', 'GUEST', 'SERVICE', 'TAXI'] as const)[i % 4] ?? 'GUEST';
    const delivery = kind === 'DELIVERY' || kind === 'TAXI';
    return {
      who: who({
        kind,
        name: delivery ? null : (names[i % names.length] ?? null),
        company: kind === 'DELIVERY' ? (companies[i % 8] ?? null) : null,
        plate: kind === 'TAXI' ? `KA 05 MJ ${4821 + i}` : null,
        units: [at],
        people: i % 7 === 1 ? 3 : 1,
      }),
      minutes: 3 + i * 11,
      gate: i % 5 === 3 ? 'Gate 1' : null,
      overstay: kind === 'DELIVERY' && i > 7,
    };
  });
