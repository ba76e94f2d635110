//! Opening a database and beginning transactions on it: where the engines differ.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use gatehouse::{feed::Page, id::CommunityId};
use sqlx::{
    Connection as _, Executor as _, PgConnection, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{sync::broadcast, time::timeout};

use super::{Engine, StoreError, Tx, tx::Link};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/server-sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/server-postgres");

/// How long a writer waits for SQLite's lock or one of its connections.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long anybody waits for one of PostgreSQL's, made anew if need be: where it is gone, the answer says so before
/// clients give up.
const POSTGRES_PATIENCE: Duration = Duration::from_secs(5);
/// How long PostgreSQL may take to let the server in when it starts.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// Pages a connection keeps in memory, as SQLite wants it said: KiB, below zero. A snapshot's rows lie where they were
/// changed, not in the order they are read in; with SQLite's own 2 MB nearly each was read from the file anew.
const SQLITE_CACHE: &str = "-32768";
/// Rows read ahead of whoever takes them: those of a page of the feed, without a change of threads for every few.
const A_PAGE: usize = Page::MAX_ROWS + 1;
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;
const WAKE_BACKLOG: usize = 1024;
/// Statements that a connection keeps ready: those over some rows come in several lengths.
const STATEMENTS: usize = 512;
/// A connection that was idle for longer is tried before it is used: the database may have been restarted.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither a `postgres://` URL nor absent.
    #[error("the database's address (--database) is written postgres://USER:PASSWORD@HOST:PORT/NAME")]
    Address,
    /// SQLite's file cannot be opened or written.
    #[error("the database {path} cannot be opened: it and its folder have to be this user's to write")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// Nobody answers at PostgreSQL's address.
    #[error("no PostgreSQL is reached at {at}: start it, or mend host and port (--database)")]
    Unreached {
        /// Its host and port, or its socket.
        at: String,
        /// Why.
        source: StoreError,
    },
    /// PostgreSQL's address takes connections, or swallows them, and does not let the server in.
    #[error("no answer from {at} for {} seconds: mend host and port (--database)", FIRST_ANSWER.as_secs())]
    Silent {
        /// Its host and port, or its socket.
        at: String,
    },
    /// PostgreSQL answers and lets nobody in.
    #[error(
        "PostgreSQL at {at} does not let the server in: see user, password and name of the database (--database)"
    )]
    Refused {
        /// Its host and port, or its socket.
        at: String,
        /// Why.
        source: StoreError,
    },
    /// The database failed.
    #[error("the database cannot be read")]
    Connect(#[from] StoreError),
    /// A newer version has written its tables.
    #[error("the database is a newer version's: start a newer gatehouse-server")]
    Newer,
    /// Its tables cannot be brought up to date.
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[source] MigrateError),
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            // Migrations are never taken back: one that is not known here is of a later version.
            MigrateError::VersionMissing(_) => Self::Newer,
            other => Self::Migrate(other),
        }
    }
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// An open database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
    wake: broadcast::Sender<CommunityId>,
}

impl Store {
    /// Opens SQLite at `file`, making it if it is not there, and brings its tables up to date.
    ///
    /// One writer connection, durable at commit (`synchronous=FULL`); readers beside it, which cannot write.
    pub async fn open_sqlite(file: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .pragma("cache_size", SQLITE_CACHE)
            .row_buffer_size(A_PAGE)
            .busy_timeout(PATIENCE);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone().create_if_missing(true))
            .await
            .map_err(|source| OpenError::File { path: file.to_owned(), source })?;
        SQLITE_MIGRATIONS.run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self::over(Pools::Sqlite { writer, readers }))
    }

    /// Opens the PostgreSQL at `url` (`postgres://…`) and brings its tables up to date.
    pub async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(OpenError::Address);
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::Address)?;
        let options = options.statement_cache_capacity(STATEMENTS);
        try_once(&options).await?;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(POSTGRES_PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // Plans are made while tables are empty, and kept by connections and by the checks of foreign
                    // keys: a scan of all rows that was right then is not when there are many. All that is asked
                    // here has its index.
                    connection.execute("SET enable_seqscan = off").await?;
                    Ok(())
                })
            })
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        POSTGRES_MIGRATIONS.run(&pool).await?;
        Ok(Self::over(Pools::Postgres(pool)))
    }

    fn over(pools: Pools) -> Self {
        Self { pools, wake: broadcast::channel(WAKE_BACKLOG).0 }
    }

    /// Begins a transaction that may write. SQLite begins immediate: a deferred one that upgrades fails with
    /// `BUSY_SNAPSHOT`, which no timeout retries.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let engine = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Engine::Sqlite(Link::Within(writer.begin_with("BEGIN IMMEDIATE").await?))
            }
            Pools::Postgres(pool) => Engine::Postgres(Link::Within(pool.begin().await?)),
        };
        Ok(Tx::new(engine, self.wake.clone()))
    }

    /// Begins a transaction that only reads, and reads one state of the database throughout.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let engine = match &self.pools {
            Pools::Sqlite { readers, .. } => Engine::Sqlite(Link::Within(readers.begin().await?)),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Engine::Postgres(Link::Within(pool.begin_with(begin).await?))
            }
        };
        Ok(Tx::new(engine, self.wake.clone()))
    }

    /// For reading what need not agree: each statement sees the state at its own beginning, and saves the
    /// transaction around it.
    pub async fn look(&self) -> Result<Tx, StoreError> {
        let engine = match &self.pools {
            Pools::Sqlite { readers, .. } => Engine::Sqlite(Link::Each(readers.acquire().await?)),
            Pools::Postgres(pool) => Engine::Postgres(Link::Each(pool.acquire().await?)),
        };
        Ok(Tx::new(engine, self.wake.clone()))
    }

    /// Hears of each community whose feed a transaction of this process wrote to, after its commit. Only ever
    /// makes a reader sooner: another process's changes are not heard here.
    pub fn wakes(&self) -> broadcast::Receiver<CommunityId> {
        self.wake.subscribe()
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Connects once: a pool tries again until its patience is over, and then does not say why.
async fn try_once(options: &PgConnectOptions) -> Result<(), OpenError> {
    let at = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    match timeout(FIRST_ANSWER, PgConnection::connect_with(options)).await {
        Err(_) => Err(OpenError::Silent { at }),
        Ok(Err(source @ (StoreError::Io(_) | StoreError::Tls(_)))) => {
            Err(OpenError::Unreached { at, source })
        }
        Ok(Err(source)) => Err(OpenError::Refused { at, source }),
        Ok(Ok(connection)) => Ok(connection.close().await?),
    }
}
