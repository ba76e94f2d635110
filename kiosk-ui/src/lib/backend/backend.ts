import type { GuardTile } from './bindings/GuardTile';
import type { InsidePage } from './bindings/InsidePage';
import type { InsideTab } from './bindings/InsideTab';
import type { Screen } from './bindings/Screen';
import type { SyncPage } from './bindings/SyncPage';
import type { Touch } from './bindings/Touch';
import type { TouchError } from './bindings/TouchError';
import type { UnitRef } from './bindings/UnitRef';

/** A touch or look that did nothing, and why. */
export class Refused extends Error {
  constructor(readonly why: TouchError) {
    super(why.code);
  }
}

/** The kiosk behind the window. */
export interface Backend {
  /** The state now. */
  screen(): Promise<Screen>;
  /** Calls `push` with the state after every change, from when the promise is kept. */
  watch(push: (screen: Screen) => void): Promise<void>;
  /** Does one act of the guard; throws {@link Refused}. */
  touch(touch: Touch): Promise<void>;
  /** Tower names, in the order people say them. */
  towers(): Promise<string[]>;
  /** A tower's floors, lowest first. */
  floors(tower: string): Promise<string[]>;
  /** A floor's flats. */
  flats(tower: string, floor: string): Promise<UnitRef[]>;
  /** Units that match what was typed, at most nine. */
  findUnits(text: string): Promise<UnitRef[]>;
  /** Seven rows of who is inside. */
  inside(search: string, tab: InsideTab, page: number): Promise<InsidePage>;
  /** The guards of this gate. */
  guards(): Promise<GuardTile[]>;
  /** All about the connection. */
  sync(): Promise<SyncPage>;
  /** Where the camera's newest picture is; a new `n` fetches a new one. */
  frame(n: number): string;
  /** Takes a photo of what the camera sees, held for a while; gives its name back. Throws {@link Refused}. */
  takePhoto(): Promise<string>;
  /** Where the photo of that name is. */
  photo(name: string): string;
}
