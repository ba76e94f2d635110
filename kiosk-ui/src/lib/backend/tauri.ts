import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import { Refused, type Backend } from './backend';
import type { GuardTile } from './bindings/GuardTile';
import type { InsidePage } from './bindings/InsidePage';
import type { InsideTab } from './bindings/InsideTab';
import type { Look } from './bindings/Look';
import type { Screen } from './bindings/Screen';
import type { Seen } from './bindings/Seen';
import type { SyncPage } from './bindings/SyncPage';
import type { Touch } from './bindings/Touch';
import type { TouchError } from './bindings/TouchError';
import type { UnitRef } from './bindings/UnitRef';

function isTouchError(thrown: unknown): thrown is TouchError {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown;
}

async function call<T>(command: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw isTouchError(thrown) ? new Refused(thrown) : thrown;
  }
}

/** The kiosk in the same program as this window. */
export class Tauri implements Backend {
  screen(): Promise<Screen> {
    return invoke('screen');
  }

  async watch(push: (screen: Screen) => void): Promise<void> {
    await listen<Screen>('screen', (event) => push(event.payload));
  }

  touch(touch: Touch): Promise<void> {
    return call('touch', { touch });
  }

  async towers(): Promise<string[]> {
    return (await this.#look({ look: 'towers' }, 'names')).names;
  }

  async floors(tower: string): Promise<string[]> {
    return (await this.#look({ look: 'floors', tower }, 'names')).names;
  }

  async flats(tower: string, floor: string): Promise<UnitRef[]> {
    return (await this.#look({ look: 'flats', tower, floor }, 'units')).units;
  }

  async findUnits(text: string): Promise<UnitRef[]> {
    return (await this.#look({ look: 'find_units', text }, 'units')).units;
  }

  inside(search: string, tab: InsideTab, page: number): Promise<InsidePage> {
    return this.#look({ look: 'inside', search, tab, page }, 'inside');
  }

  async guards(): Promise<GuardTile[]> {
    return (await this.#look({ look: 'guards' }, 'guards')).guards;
  }

  sync(): Promise<SyncPage> {
    return this.#look({ look: 'sync' }, 'sync');
  }

  frame(n: number): string {
    return `camera://localhost/newest?${n}`;
  }

  async takePhoto(): Promise<string> {
    return (await this.#look({ look: 'take_photo' }, 'photo')).photo;
  }

  photo(name: string): string {
    return `camera://localhost/photo/${name}`;
  }

  async #look<S extends Seen['seen']>(look: Look, expected: S): Promise<Extract<Seen, { seen: S }>> {
    const seen = await call<Seen>('look', { look });
    if (seen.seen !== expected) throw new Error(`asked ${look.look}, was answered ${seen.seen}`);
    return seen as Extract<Seen, { seen: S }>;
  }
}
