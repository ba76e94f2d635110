import { Refused } from '../backend';
import type { Touch } from '../bindings/Touch';
import { guards, pin, units, who } from './community';
import { enrolmentAt } from './enrolment';
import { stays, verdictOf } from './verdicts';
import type { World } from './world';

/** What the kiosk would do at a touch; throws {@link Refused} like it. */
export function act(world: World, touch: Touch): void {
  const { desk, screen } = world;
  switch (touch.touch) {
    case 'enrol_typed':
      screen.stage = { stage: 'enrol', ...enrolmentAt(2, null) };
      return;
    case 'enrol_retry':
      screen.stage = { stage: 'enrol', ...enrolmentAt(5, null) };
      return;
    case 'enrol_cancel':
      screen.stage = { stage: 'enrol', step: 'waiting', trouble: null };
      return;
    case 'sign_in':
      return signIn(world, touch.guard, touch.pin);
    case 'sign_out':
      desk.guard = null;
      desk.strips = [{ id: world.next(), at: world.at(0), clears_at: null, kind: { is: 'unattended' } }];
      return;
    case 'walkin': {
      const known = units.filter((unit) => touch.units.includes(unit.id));
      const { kind, company, name, plate, people, photo } = touch;
      return world.ask(who({ kind, company, name, plate, people, photo, units: known }));
    }
    case 'undo_walkin':
    case 'left':
      world.take(touch.ask);
      return;
    case 'let_in':
    case 'override':
      return world.admit(world.take(touch.ask).who);
    case 'ring':
      world.card(touch.ask).rang_at = world.at(0);
      return;
    case 'spoken_start': {
      const card = world.card(touch.ask);
      const challenge = card.spoken === null ? '5382' : '9174';
      card.spoken = { kiosk_number: '4071', challenge, until: world.at(300_000), tries_left: 3 };
      return;
    }
    case 'spoken_answer': {
      const card = world.card(touch.ask);
      if (touch.digits === '111111') card.state = { is: 'approved', at: world.at(0) };
      else if (card.spoken)
        throw new Refused({ code: 'wrong_answer', tries_left: (card.spoken.tries_left -= 1) });
      return;
    }
    case 'code_submit':
      return world.show(verdictOf(touch.digits === '123456' ? 'admit' : 'wrong_code', world.now()));
    case 'cab_code':
      if (touch.digits !== '4821') throw new Refused({ code: 'no_cab_expected' });
      return world.admit(who({ kind: 'TAXI', company: 'Uber', plate: 'KA 05 MJ 4821' }));
    case 'ask_unit':
      desk.verdict = null;
      return world.ask(who({ name: 'Anjali Menon', units: units.filter((unit) => unit.id === touch.unit) }));
    case 'scanned':
      if (screen.stage.stage === 'enrol') {
        if (screen.stage.step === 'checking') throw new Refused({ code: 'not_now' });
        screen.stage = { stage: 'enrol', ...enrolmentAt(2, null) };
        return;
      }
      return world.show(verdictOf('admit', world.now()));
    case 'step_up':
      return world.show(verdictOf('admit', world.now()));
    case 'in_or_out':
      return world.show(verdictOf(touch.direction === 'ENTRY' ? 'admit' : 'exit', world.now()));
    case 'still_here':
      if (desk.verdict?.id === touch.verdict) desk.verdict.clears_at = world.at(stays(desk.verdict.verdict));
      return;
    case 'close_verdict':
      desk.verdict = null;
      return;
    case 'people': {
      const shown = desk.verdict;
      if (shown?.verdict.is === 'admit') {
        shown.verdict.who.people = touch.people;
        shown.clears_at = world.at(4_000);
      }
      return;
    }
    case 'undo_entry':
      desk.verdict = null;
      if (desk.last) desk.last.undo_until = null;
      return;
    case 'out':
      return world.out(touch.visit);
    case 'emergency':
      desk.alerts.unshift({
        id: `alert-${world.next()}`,
        at: world.at(0),
        alarm: true,
        kind: { is: 'emergency', kind: touch.kind },
      });
      return;
    case 'acknowledge_alarm':
      desk.alerts = desk.alerts.filter((alert) => alert.id !== touch.alert);
      return;
    case 'try_now':
      desk.link = {
        contact: { is: 'online', since: world.at(0) },
        waiting: 0,
        list_as_of: world.at(0),
        freshness: 'fresh',
      };
      return;
    case 'set_language':
      screen.language = touch.language;
      return;
    case 'set_theme':
      screen.theme = touch.theme;
      return;
  }
}

function signIn(world: World, guard: string, given: string): void {
  const found = guards.find((each) => each.id === guard);
  if (found === undefined || given !== pin) throw new Refused({ code: 'wrong_pin', tries_left: 4 });
  world.desk.guard = { ...found, since: world.at(0) };
  world.desk.strips = world.desk.strips.filter((strip) => strip.kind.is !== 'unattended');
}
