//! What the window may ask and do. Each only hands on; nothing is decided here.

use std::sync::Arc;

use gatehouse_kiosk::{
    kiosk::Kiosk,
    screen::{Look, Screen, Seen, Touch, TouchError},
};
use tauri::State;

/// The state now.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "commands are given their arguments by value")]
pub fn screen(kiosk: State<'_, Arc<Kiosk>>) -> Screen {
    kiosk.screen()
}

/// One act of the guard.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "commands are given their arguments by value")]
pub fn touch(kiosk: State<'_, Arc<Kiosk>>, touch: Touch) -> Result<(), TouchError> {
    kiosk.touch(&touch)
}

/// One question.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "commands are given their arguments by value")]
pub fn look(kiosk: State<'_, Arc<Kiosk>>, look: Look) -> Result<Seen, TouchError> {
    kiosk.look(&look)
}
