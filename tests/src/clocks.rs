//! A kiosk's clocks, set at will: how far its wall clock and its boot clock are ahead of this machine's, and how
//! often it was started anew. `gatectl` reads them from a file in development builds (`GATEHOUSE_TEST_CLOCKS`).

use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file, and what it says.
#[derive(Debug)]
pub struct Clocks {
    file: PathBuf,
    wall: i64,
    boot: i64,
    starts: i64,
}

impl Clocks {
    /// Clocks that are right.
    pub fn right(file: &Path) -> Self {
        let clocks = Self { file: file.to_owned(), wall: 0, boot: 0, starts: 0 };
        clocks.write();
        clocks
    }

    /// The file to name to a kiosk.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Somebody sets the wall clock `by` milliseconds ahead of what is right.
    pub fn set_wall(&mut self, by: i64) {
        self.wall = by;
        self.write();
    }

    /// The wall clock says 1970, as after a dead battery.
    pub fn wall_is_dead(&mut self) {
        let now = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_millis();
        self.set_wall(-i64::try_from(now).expect("a date within reach"));
    }

    /// The machine sleeps: both clocks have gone on when it wakes, its programs have not.
    pub fn sleep(&mut self, long: Duration) {
        let long = i64::try_from(long.as_millis()).expect("a night, not an age");
        (self.wall, self.boot) = (self.wall + long, self.boot + long);
        self.write();
    }

    /// The machine starts anew.
    pub fn reboot(&mut self) {
        self.starts += 1;
        self.write();
    }

    fn write(&self) {
        let beside = self.file.with_extension("next");
        std::fs::write(&beside, format!("{} {} {}\n", self.wall, self.boot, self.starts))
            .expect("the clocks can be set");
        std::fs::rename(&beside, &self.file).expect("the clocks can be set");
    }
}
