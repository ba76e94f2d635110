//! Out by the list of who is inside.

use crate::gate::{Gate, STEP};

/// Found by the digits of the flat, by letters of the name, or seen at once.
pub async fn out_by_the_list(gate: &Gate) {
    gate.touch("inside").await;
    gate.sees("inside-row").await;
    gate.picture("inside").await;
    gate.touch("back").await;

    gate.touch("out").await;
    gate.sees("inside-row").await;
    gate.keys("704").await;
    gate.window.gone("[data-testid=inside-row]:not([data-unit='B-704'])", STEP).await;
    gate.picture("out-by-flat").await;
    gate.touch("row-out").await;
    gate.verdict("exit").await;
    gate.picture("let-out").await;
    gate.free().await;
    gate.happened("EXITED", 1).await;

    gate.touch("letters").await;
    for letter in ["m", "e", "e"] {
        gate.touch(&format!("key-{letter}")).await;
    }
    gate.window.reads("[data-testid=inside-row]", "Meera", STEP).await;
    gate.picture("out-by-name").await;
    gate.keys("zz").await;
    gate.sees("nobody").await;
    gate.picture("nobody-of-that-name").await;
    gate.touch("back").await;
}
