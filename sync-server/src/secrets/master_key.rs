//! The key under which all others are sealed. It lies outside the data folder, so that a copy of the folder alone
//! opens nothing.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{self, Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::entropy::Entropy;
use zeroize::Zeroizing;

/// 32 random bytes, wiped from memory when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The text is not the base64 of 32 bytes.
    #[error("a master key is 32 bytes in base64")]
    Format,
    /// The file cannot be read or made.
    #[error("the master key's file {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database is sealed under a key that is not there.
    #[error(
        "the master key's file {0} is missing, and what the database holds is sealed under that key: put the file back \
         there, or say where it is (--master-key-file, GATEHOUSE_MASTER_KEY)"
    )]
    Missing(PathBuf),
    /// Nothing can lie beside the data folder.
    #[error(
        "nothing lies beside the data folder {0}: say where the master key is to lie (--master-key-file, \
         GATEHOUSE_MASTER_KEY_FILE)"
    )]
    NothingBeside(PathBuf),
}

impl MasterKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a key written in base64.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| MasterKeyError::Format)?);
        bytes.as_slice().try_into().map(Self::new).map_err(|_| MasterKeyError::Format)
    }

    /// Reads the key in `path`, if there is such a file.
    pub fn read(path: &Path) -> Result<Option<Self>, MasterKeyError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&Zeroizing::new(text)).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(MasterKeyError::File { path: path.to_owned(), source }),
        }
    }

    /// Makes a key and writes it to `path`, readable by its owner alone.
    pub fn make(path: &Path, entropy: &mut impl Entropy) -> Result<Self, MasterKeyError> {
        let file = |source| MasterKeyError::File { path: path.to_owned(), source };
        let key = Self::new(entropy.bytes());
        let text = Zeroizing::new(STANDARD.encode(key.0.as_slice()));
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(file)?;
        new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).map_err(file)?;
        Ok(key)
    }

    /// Where the key of the data folder `data`, which is there, lies by default: beside it, however it is named.
    pub fn default_path(data: &Path) -> Result<PathBuf, MasterKeyError> {
        let file = |source| MasterKeyError::File { path: data.to_owned(), source };
        let mut whole = path::absolute(data).map_err(file)?;
        if whole.file_name().is_none() {
            // It ends in `..`: only the disk knows where that leads.
            whole = fs::canonicalize(whole).map_err(file)?;
        }
        let Some(name) = whole.file_name() else { return Err(MasterKeyError::NothingBeside(whole)) };
        let mut name = name.to_owned();
        name.push(".master-key");
        Ok(whole.with_file_name(name))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::OsEntropy;

    #[test]
    fn a_second_start_reads_the_key_the_first_one_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = MasterKey::default_path(&folder.path().join("data")).unwrap();
        assert_eq!(path, folder.path().join("data.master-key"));
        assert!(MasterKey::read(&path).unwrap().is_none());
        let made = MasterKey::make(&path, &mut OsEntropy).unwrap();
        let read = MasterKey::read(&path).unwrap().unwrap();
        assert_eq!(made.bytes(), read.bytes());
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_key_lies_beside_the_data_folder_however_that_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(whole.join("data/further")).unwrap();
        for named in ["data", "data/", "data/.", "data/further/.."] {
            let path = MasterKey::default_path(&whole.join(named)).unwrap();
            assert_eq!(path, whole.join("data.master-key"), "{named}");
        }
        let here = std::env::current_dir().unwrap();
        let beside = MasterKey::default_path(Path::new(".")).unwrap();
        assert_eq!(beside.parent(), here.parent(), "{}", beside.display());
        let nowhere = MasterKey::default_path(Path::new("/"));
        assert!(matches!(nowhere, Err(MasterKeyError::NothingBeside(_))));
    }
}
