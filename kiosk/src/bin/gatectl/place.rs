//! Whose the data folder is: this process's, or that of one that listens for orders. Another short command of
//! `gatectl` has it for a moment only, and is waited for.

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use gatehouse_kiosk::{
    control::Ending,
    folder::{self, Folder, FolderError},
};

use crate::owner::NoOwner;

/// Whose the folder is.
pub enum Place {
    /// This process's.
    Ours(Folder),
    /// That of the process that listens on this socket.
    Served(PathBuf),
}

impl Place {
    /// Takes the folder at `data`, or finds who listens there.
    pub fn find(data: &Path) -> Result<Self, NoOwner> {
        let socket = folder::socket(data);
        let is_served = || UnixStream::connect(&socket).is_ok();
        match Folder::open_patiently(data, is_served) {
            Ok(folder) => Ok(Self::Ours(folder)),
            Err(FolderError::InUse) if is_served() => Ok(Self::Served(socket)),
            Err(FolderError::InUse) => Err(in_use("and does not answer")),
            Err(error) => Err(error.into()),
        }
    }

    /// The folder at `data`, which has to be this process's for `task`.
    pub fn take(data: &Path, task: &str) -> Result<Folder, NoOwner> {
        match Self::find(data)? {
            Self::Ours(folder) => Ok(folder),
            Self::Served(_) => Err(in_use(task)),
        }
    }
}

fn in_use(more: &str) -> NoOwner {
    NoOwner { words: format!("another process owns the data folder {more}"), ending: Ending::InUse }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_folder_that_nobody_gives_back_is_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let held = Folder::open(dir.path()).unwrap();
        assert!(matches!(Place::find(dir.path()), Err(NoOwner { ending: Ending::InUse, .. })));
        drop(held);
        assert!(matches!(Place::find(dir.path()), Ok(Place::Ours(_))));
    }

    #[test]
    fn one_who_listens_is_asked_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let _held = Folder::open(dir.path()).unwrap();
        let _listener = UnixListener::bind(folder::socket(dir.path())).unwrap();
        assert!(matches!(Place::find(dir.path()), Ok(Place::Served(_))));
        assert!(matches!(Place::take(dir.path(), "for this"), Err(NoOwner { ending: Ending::InUse, .. })));
    }
}
