//! The clocks `gatectl` goes by: the machine's. A development build takes others for tests of a wrong, stepped or
//! sleeping clock; a release build knows nothing of them.

use std::sync::Arc;

use gatehouse_kiosk::time::{Clocks, MachineClocks};

/// The machine's clocks; in a development build, shifted as the file named by `GATEHOUSE_TEST_CLOCKS` says.
#[cfg(debug_assertions)]
pub fn clocks() -> std::io::Result<Arc<dyn Clocks>> {
    Ok(match std::env::var_os("GATEHOUSE_TEST_CLOCKS") {
        Some(file) => Arc::new(shifted::Shifted::by(file.into())?),
        None => Arc::new(MachineClocks),
    })
}

/// The machine's clocks.
#[cfg(not(debug_assertions))]
pub fn clocks() -> std::io::Result<Arc<dyn Clocks>> {
    Ok(Arc::new(MachineClocks))
}

#[cfg(debug_assertions)]
mod shifted {
    use std::{fs, io, path::PathBuf, sync::Mutex, sync::PoisonError};

    use gatehouse::time::UnixMs;
    use gatehouse_kiosk::time::{Clocks, MachineClocks};

    /// The machine's clocks, moved by what a file says: how far the wall clock and the boot clock are ahead, in
    /// milliseconds, and how often the machine was started anew. The file is read at every look.
    pub struct Shifted {
        file: PathBuf,
        last: Mutex<[i64; 3]>,
    }

    impl Shifted {
        pub fn by(file: PathBuf) -> io::Result<Self> {
            let shifts = read(&file)?;
            Ok(Self { file, last: Mutex::new(shifts) })
        }

        fn shifts(&self) -> [i64; 3] {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            // While the file is being replaced, what it said last holds.
            if let Ok(shifts) = read(&self.file) {
                *last = shifts;
            }
            *last
        }
    }

    fn read(file: &PathBuf) -> io::Result<[i64; 3]> {
        let text = fs::read_to_string(file)?;
        let numbers: Result<Vec<i64>, _> = text.split_whitespace().map(str::parse).collect();
        let numbers = numbers.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        numbers.try_into().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "three numbers"))
    }

    impl Clocks for Shifted {
        fn wall(&self) -> UnixMs {
            MachineClocks.wall().plus(self.shifts()[0])
        }

        fn boot(&self) -> i64 {
            MachineClocks.boot().saturating_add(self.shifts()[1])
        }

        fn boot_id(&self) -> [u8; 16] {
            let mut id = MachineClocks.boot_id();
            for (byte, started) in id.iter_mut().zip(self.shifts()[2].to_be_bytes()) {
                *byte ^= started;
            }
            id
        }
    }
}
