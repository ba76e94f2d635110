//! What becomes of messages on their way.

use crate::testing::Chance;

/// How bad things are, in events of a thousand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// A message is lost.
    pub lost: u64,
    /// It arrives twice.
    pub doubled: u64,
    /// It takes longer than anybody waits.
    pub late: u64,
    /// A store operation fails.
    pub store: u64,
    /// A kiosk crashes between two outputs.
    pub crash: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub const FAIR: Self = Self { lost: 0, doubled: 0, late: 0, store: 0, crash: 0 };

    /// Some weather for a run.
    pub fn drawn(chance: &mut Chance) -> Self {
        let mut up_to = |most: u64| if chance.in_thousand(300) { 0 } else { chance.next() % most };
        Self { lost: up_to(250), doubled: up_to(200), late: up_to(60), store: up_to(30), crash: up_to(12) }
    }

    /// When copies of a message arrive, in milliseconds from now; none when it is lost.
    pub fn delays(&self, chance: &mut Chance) -> Vec<i64> {
        if chance.in_thousand(self.lost) {
            return Vec::new();
        }
        let copies = if chance.in_thousand(self.doubled) { 2 } else { 1 };
        (0..copies)
            .map(|_| {
                if chance.in_thousand(self.late) {
                    chance.between(5_000, 60_000)
                } else {
                    chance.between(1, 150)
                }
            })
            .collect()
    }
}
