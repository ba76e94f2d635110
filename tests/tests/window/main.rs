//! A guard's day in the real window: real server, real capture code over a camera made of a file, real
//! touches over WebDriver. Pictures of each step go to `test-output/screenshots`; on none of them may
//! anything be clipped, too small or too pale.

mod arriving;
mod asking;
mod code;
mod cut_off;
mod gate;
mod hindi;
mod leaving;
mod spoken;
mod upkeep;

use gate::Gate;
use gatehouse_tests::demo::Demo;

#[tokio::test]
async fn a_guards_day() {
    let (demo, server) = Demo::start().await;
    let gate = Gate::open(demo, &server).await;

    arriving::a_new_kiosk_enrols_by_the_admins_qr(&gate).await;
    arriving::the_guard_comes_on_shift(&gate).await;
    arriving::passes_before_the_camera(&gate).await;
    arriving::an_entry_is_taken_back(&gate).await;
    arriving::a_refusal_leads_to_asking_the_flat(&gate).await;
    let code = code::a_code_is_typed(&gate).await;
    asking::a_household_answers_over_the_network(&gate).await;
    code::wrong_codes_slow_the_keypad_and_nothing_else(&gate).await;
    spoken::a_household_answers_in_six_digits(&gate).await;
    code::the_keypad_is_back(&gate, &code).await;
    asking::a_guard_overrides_and_only_a_guard(&gate).await;
    upkeep::an_emergency_is_raised(&gate).await;
    let gate = asking::open_asks_outlive_a_power_cut(gate).await;
    let (gate, server) = cut_off::the_server_is_gone_and_the_gate_is_not(gate, server).await;
    leaving::out_by_the_list(&gate).await;
    hindi::the_whole_main_path(&gate).await;
    upkeep::by_night(&gate).await;
    upkeep::the_connection_and_the_camera(&gate).await;
    gate.entries_arrive().await;
    gate.looked_well();
    gate.window.close().await;
    drop(server);
}
