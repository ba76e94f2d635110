//! The kiosk's data folder: who owns it, and where things lie in it.
//!
//! One process owns the folder at a time, by a lock the kernel gives back when that process dies. What is
//! inside the files is their rooms' business; this one knows names and how a file is replaced whole.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rustix::{fs::Mode, process::umask};
use serde::de::DeserializeOwned;

use crate::time::micros;

/// How long another process may have the folder before it counts as in use, in microseconds: a short command of
/// `gatectl` has it for a moment only.
const PATIENCE_US: u64 = 2_000_000;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Why the folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process owns it: talk to that one through its socket.
    #[error("the data folder is in use by another process")]
    InUse,
    /// The file system said no.
    #[error("the data folder cannot be used: {path}")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A file is not the JSON that it should be.
    #[error("{path} cannot be read: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Keeps what this process writes from now on to its own user, also in a folder that others may look into.
pub fn keep_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

impl FolderError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

/// An owned data folder. Dropping it gives it back.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Opens the folder, makes it (mode 0700) if it is not there, and becomes its owner.
    ///
    /// # Errors
    /// [`FolderError::InUse`] when another process owns it, else what the file system said.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(FolderError::io(path))?;
        let lock_path = path.join("lock");
        let lock = open_lock(&lock_path).map_err(FolderError::io(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse),
            Err(TryLockError::Error(source)) => Err(FolderError::Io { path: lock_path, source }),
        }
    }

    /// As [`Folder::open`], and waits for two seconds for another process to give the folder back, unless `is_served`
    /// says that it listens for orders: that one stays.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub fn open_patiently(path: &Path, is_served: impl Fn() -> bool) -> Result<Self, FolderError> {
        let began = micros();
        loop {
            match Self::open(path) {
                Err(FolderError::InUse) if !is_served() && micros() - began < PATIENCE_US => {
                    thread::sleep(BETWEEN_TRIES);
                }
                opened => return opened,
            }
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Room left on its disk, in mebibytes; 0 where that cannot be told.
    pub fn free_mib(&self) -> u32 {
        let room =
            rustix::fs::statvfs(&self.path).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        u32::try_from(room >> 20).unwrap_or(u32::MAX)
    }

    /// The journal's database.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.db")
    }

    /// The cache's database.
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache.db")
    }

    /// Where the owner listens for `gatectl`.
    pub fn socket(&self) -> PathBuf {
        socket(&self.path)
    }

    /// The bytes of the file `name`, `None` if there is none.
    ///
    /// # Errors
    /// What the file system said.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FolderError::Io { path, source }),
        }
    }

    /// What the JSON file `name` says; what is said where nothing was, if there is none.
    ///
    /// # Errors
    /// What the file system said, or what is wrong with the JSON.
    pub fn read_json<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, FolderError> {
        let Some(json) = self.read(name)? else { return Ok(T::default()) };
        serde_json::from_slice(&json)
            .map_err(|source| FolderError::Json { path: self.path.join(name), source })
    }

    /// Replaces the file `name` (mode 0600) whole and durably: after a power cut it is the old or the new.
    ///
    /// # Errors
    /// What the file system said; the old file is then still there.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let beside = self.path.join(format!("{name}.new"));
        let written = (|| {
            let mut file =
                OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.path)?.sync_all()
        })();
        written.map_err(FolderError::io(&path))
    }

    /// Removes the file `name` if it is there.
    ///
    /// # Errors
    /// What the file system said.
    pub fn remove(&self, name: &str) -> Result<(), FolderError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(FolderError::Io { path, source: error })
            }
            _ => Ok(()),
        }
    }

    /// Moves a damaged database and what lies beside it (`-wal`, `-shm`) out of the way, to a name that
    /// holds `label`; answers where the database went.
    ///
    /// # Errors
    /// What the file system said.
    pub fn set_aside(&self, database: &Path, label: &str) -> Result<PathBuf, FolderError> {
        let aside = beside(database, &format!("{ASIDE}{label}"));
        rename(database, &aside)?;
        Ok(aside)
    }

    /// Databases that were set aside in place of `database`: their labels, and where they are.
    ///
    /// # Errors
    /// What the file system said.
    pub fn set_aside_of(&self, database: &Path) -> Result<BTreeMap<String, PathBuf>, FolderError> {
        let begins = beside(database, ASIDE);
        let begins = begins.file_name().unwrap_or_default().to_string_lossy();
        let mut aside = BTreeMap::new();
        for entry in fs::read_dir(&self.path).map_err(FolderError::io(&self.path))? {
            let name = entry.map_err(FolderError::io(&self.path))?.file_name();
            let Some(label) = name.to_str().and_then(|name| name.strip_prefix(&*begins)) else { continue };
            let label = PARTS.iter().find_map(|part| label.strip_suffix(part)).unwrap_or(label);
            aside.insert(label.to_owned(), beside(database, &format!("{ASIDE}{label}")));
        }
        Ok(aside)
    }

    /// Puts a database back that was set aside, in place of what was begun where it had been.
    ///
    /// # Errors
    /// What the file system said.
    pub fn put_back(&self, aside: &Path, database: &Path) -> Result<(), FolderError> {
        self.delete(database)?;
        rename(aside, database)
    }

    /// Deletes a database and what lies beside it.
    ///
    /// # Errors
    /// What the file system said.
    pub fn delete(&self, database: &Path) -> Result<(), FolderError> {
        for suffix in PARTS {
            let path = beside(database, suffix);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FolderError::Io { path, source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// One that is there is not written to: a disk that has become read-only still has an owner.
fn open_lock(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
        }
        opened => opened,
    }
}

/// What stands between a database's name and the label of one that was set aside.
const ASIDE: &str = ".damaged-";

/// What a database consists of, itself last.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}

fn rename(database: &Path, to: &Path) -> Result<(), FolderError> {
    for suffix in PARTS {
        let from = beside(database, suffix);
        if from.exists() {
            fs::rename(&from, beside(to, suffix)).map_err(FolderError::io(&from))?;
        }
    }
    Ok(())
}

/// Where the owner of the folder at `path` listens for `gatectl`.
pub fn socket(path: &Path) -> PathBuf {
    path.join("gatectl.sock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_and_is_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        assert!(matches!(Folder::open(dir.path()), Err(FolderError::InUse)));
        drop(folder);
        Folder::open(dir.path()).unwrap();
    }

    #[test]
    fn a_folder_whose_lock_cannot_be_written_still_has_one_owner() {
        let dir = tempfile::tempdir().unwrap();
        drop(Folder::open(dir.path()).unwrap());
        // Like any file on a read-only disk, a folder is opened for reading alone.
        fs::remove_file(dir.path().join("lock")).unwrap();
        fs::create_dir(dir.path().join("lock")).unwrap();
        let _folder = Folder::open(dir.path()).unwrap();
        assert!(matches!(Folder::open(dir.path()), Err(FolderError::InUse)));
    }

    #[test]
    fn a_folder_that_is_given_back_in_time_is_taken_and_one_that_is_not_is_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let held = Folder::open(dir.path()).unwrap();
        assert!(matches!(Folder::open_patiently(dir.path(), || true), Err(FolderError::InUse)));
        assert!(matches!(Folder::open_patiently(dir.path(), || false), Err(FolderError::InUse)));
        let giving_back = thread::spawn(move || {
            thread::sleep(BETWEEN_TRIES * 3);
            drop(held);
        });
        Folder::open_patiently(dir.path(), || false).unwrap();
        giving_back.join().unwrap();
    }

    #[test]
    fn a_file_is_replaced_whole_and_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        assert_eq!(folder.read("clock").unwrap(), None);
        folder.replace("clock", b"old").unwrap();
        folder.replace("clock", b"new").unwrap();
        assert_eq!(folder.read("clock").unwrap().as_deref(), Some(&b"new"[..]));
        let mode = fs::metadata(dir.path().join("clock")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_database_is_moved_with_its_log_and_put_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        fs::write(folder.journal(), b"x").unwrap();
        fs::write(dir.path().join("journal.db-wal"), b"y").unwrap();
        let aside = folder.set_aside(&folder.journal(), "1").unwrap();
        assert!(!folder.journal().exists());
        assert_eq!(fs::read(&aside).unwrap(), b"x");
        assert_eq!(fs::read(dir.path().join("journal.db.damaged-1-wal")).unwrap(), b"y");
        let known = folder.set_aside_of(&folder.journal()).unwrap();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), [("1".to_owned(), aside.clone())]);
        assert!(folder.set_aside_of(&folder.cache()).unwrap().is_empty());
        fs::write(folder.journal(), b"begun").unwrap();
        folder.put_back(&aside, &folder.journal()).unwrap();
        assert_eq!(fs::read(folder.journal()).unwrap(), b"x");
        assert_eq!(fs::read(dir.path().join("journal.db-wal")).unwrap(), b"y");
        assert!(!aside.exists());
    }
}
