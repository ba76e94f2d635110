//! Opening an encrypted database: key, settings, migrations, and what can be wrong with it.
//!
//! Both of the kiosk's databases are opened here and nowhere else. What is in them is their rooms'.

mod error;

use std::{path::Path, sync::Once};

use rusqlite::Connection;
use zeroize::Zeroizing;

pub use error::DatabaseError;

static SET_UP: Once = Once::new();

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The disk: what is committed outlives a power cut (`synchronous=FULL`).
    Full,
    /// Nothing: a power cut may take the last commits, never the file's soundness (`synchronous=NORMAL`).
    Normal,
}

/// What a database of ours is: its migrations, in the order they were added, and how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// SQL scripts; `user_version` counts those that ran.
    pub migrations: &'static [&'static str],
    /// What its commits wait for.
    pub durability: Durability,
    /// Page cache in KiB. SQLCipher decrypts a page each time it enters: a small cache costs fifteenfold.
    pub page_cache_kib: u32,
}

/// Opens the database at `path` under `key`, makes it if it is not there, and brings it up to date.
///
/// # Errors
/// [`DatabaseError::Newer`] if a later version of the program made it, [`DatabaseError::Damaged`] if it is
/// no database under this key, [`DatabaseError::Full`] if the disk is.
pub fn open(path: &Path, key: &[u8; 32], plan: &Plan) -> Result<Connection, DatabaseError> {
    // SQLCipher sets itself up only after SQLite says that it is ready: two threads that open the program's
    // first databases at once would find it half done.
    SET_UP.call_once(|| drop(Connection::open_in_memory()));
    let mut connection = Connection::open(path)?;
    configure(&connection, key, plan)?;
    migrate(&mut connection, plan.migrations)?;
    Ok(connection)
}

/// Reads every page of the database and says whether it is sound.
///
/// # Errors
/// [`DatabaseError::Damaged`] or [`DatabaseError::Unsound`] if it is not.
pub fn check(connection: &Connection) -> Result<(), DatabaseError> {
    sound(connection, "PRAGMA quick_check(1)")
}

/// Reads every page of one table and its indexes.
///
/// # Errors
/// As [`check`].
pub fn check_table(connection: &Connection, table: &str) -> Result<(), DatabaseError> {
    sound(connection, &format!("PRAGMA quick_check('{table}')"))
}

fn sound(connection: &Connection, pragma: &str) -> Result<(), DatabaseError> {
    let found: String = connection.query_row(pragma, [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(DatabaseError::Unsound(found)) }
}

fn configure(connection: &Connection, key: &[u8; 32], plan: &Plan) -> Result<(), DatabaseError> {
    // What it would log goes to standard error; the typed errors say the same.
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    // A raw key skips the key derivation meant for passphrases.
    let mut literal = Zeroizing::new(String::with_capacity(80));
    literal.push_str("x'");
    for byte in key {
        use std::fmt::Write as _;
        let _ = write!(literal, "{byte:02x}");
    }
    literal.push('\'');
    connection.pragma_update(None, "key", literal.as_str())?;
    connection.pragma_update(None, "cache_size", -i64::from(plan.page_cache_kib))?;
    // The first page is read here: a wrong key or a foreign file shows now.
    let mode: String = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(DatabaseError::Unsound(format!("journal mode {mode}")));
    }
    let synchronous = match plan.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_size_limit", 8 << 20)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), DatabaseError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut done = 0_u32;
    for script in migrations {
        if done >= found {
            transaction.execute_batch(script)?;
        }
        done += 1;
    }
    if found > done {
        return Err(DatabaseError::Newer { found, known: done });
    }
    if found < done {
        transaction.pragma_update(None, "user_version", done)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan {
        migrations: &["create table note(text text not null)", "alter table note add column at integer"],
        durability: Durability::Full,
        page_cache_kib: 2048,
    };

    #[test]
    fn linked_sqlite_has_the_wal_reset_fix_and_is_sqlcipher() {
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
        let connection = Connection::open_in_memory().unwrap();
        let cipher: String = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0)).unwrap();
        assert!(cipher.starts_with('4'), "{cipher}");
    }

    #[test]
    fn what_is_written_is_not_on_the_disk_in_clear() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let connection = open(&path, &[7; 32], &PLAN).unwrap();
        connection.execute("insert into note(text) values ('A-1203 Zomato')", []).unwrap();
        connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
        drop(connection);
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.len() >= 8192);
        assert!(!bytes.starts_with(b"SQLite format 3"));
        assert!(!bytes.windows(6).any(|window| window == b"Zomato"));
        let again = open(&path, &[7; 32], &PLAN).unwrap();
        let text: String = again.query_row("select text from note", [], |row| row.get(0)).unwrap();
        assert_eq!(text, "A-1203 Zomato");
    }

    #[test]
    fn another_key_and_a_foreign_file_are_damage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        drop(open(&path, &[7; 32], &PLAN).unwrap());
        assert!(open(&path, &[8; 32], &PLAN).unwrap_err().is_damage());
        std::fs::write(&path, vec![42; 8192]).unwrap();
        assert!(open(&path, &[7; 32], &PLAN).unwrap_err().is_damage());
    }

    #[test]
    fn a_database_of_a_later_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        drop(open(&path, &[7; 32], &PLAN).unwrap());
        let older = Plan { migrations: &PLAN.migrations[..1], ..PLAN };
        assert!(matches!(open(&path, &[7; 32], &older), Err(DatabaseError::Newer { found: 2, known: 1 })));
        open(&path, &[7; 32], &PLAN).unwrap();
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open(&dir.path().join("x.db"), &[7; 32], &PLAN).unwrap();
        connection.pragma_update(None, "max_page_count", 4).unwrap();
        let error = connection
            .execute("insert into note(text) values (?1)", ["x".repeat(100_000)])
            .map_err(DatabaseError::from)
            .unwrap_err();
        assert!(matches!(error, DatabaseError::Full(_)), "{error:?}");
    }
}
