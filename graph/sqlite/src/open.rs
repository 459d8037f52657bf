//! Opening and creating the file.
//!
//! A new store is made beside its place and put there whole, so a kill or a full disk leaves no
//! half of one.

use crate::fault::Fault;
use crate::migrate;
use crate::schema::{APPLICATION_ID, TABLES, VERSION, derive};
use crate::words::Words;
use ripple_graph_core::StoreError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another process that writes before `Busy`.
    pub busy_timeout: Duration,
    /// How long a query of a person may run.
    pub query_time: Duration,
    /// Refuse to let the file grow over this many bytes.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(30),
            query_time: Duration::from_secs(30),
            max_bytes: None,
        }
    }
}

/// Pages the writer keeps in memory, in KiB: the indexes of a large commit are written out of order.
const WRITER_CACHE_KIB: i64 = 16_384;

/// The write-ahead log is cut back to this size, in bytes, when it begins anew; under
/// [`LOG_BYTES`], so that its length says how much of it waits to be copied.
const JOURNAL_LIMIT: i64 = 1 << 20;

/// The write-ahead log is copied into the file, beside the commits, when it is larger than this.
pub(crate) const LOG_BYTES: u64 = 4 << 20;

/// A commit copies it itself where it has so many pages all the same.
const LOG_PAGES: i64 = 16_384;

/// Copies what can be copied of the log without making anybody wait.
pub(crate) fn checkpoint(file: &Path) -> Result<(), Fault> {
    let conn = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}

/// The writing connection of a store that is there, current and ours.
pub(crate) fn open(file: &Path, options: &Options) -> Result<(Connection, Words), Fault> {
    possible(file)?;
    if !file.exists() {
        create(file)?;
    }
    let mut conn = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(options.busy_timeout)?;
    prepare(file, &mut conn)?;
    tune(&conn)?;
    conn.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    conn.pragma_update(None, "journal_size_limit", JOURNAL_LIMIT)?;
    conn.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |_| Ok(()))?;
    if let Some(bytes) = options.max_bytes {
        let page: u64 =
            conn.pragma_query_value(None, "page_size", |r| r.get(0).map(|n: i64| n as u64))?;
        conn.pragma_update_and_check(None, "max_page_count", (bytes / page.max(1)) as i64, |_| {
            Ok(())
        })?;
    }
    if !Words::current(&conn)? {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Words::write(&tx)?;
        tx.commit()?;
    }
    let words = Words::load(&conn)?;
    Ok((conn, words))
}

/// Refuses places where no file can be, in words that say more than SQLite's.
fn possible(file: &Path) -> Result<(), Fault> {
    let refuse = |why: String| {
        Err(Fault::Store(StoreError::ReadOnly {
            path: file.display().to_string(),
            why,
        }))
    };
    if file.is_dir() {
        return refuse("it is a folder; name a file in it".into());
    }
    match file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) if !folder.is_dir() => refuse(format!(
            "the folder {} does not exist; make it first",
            folder.display()
        )),
        _ => Ok(()),
    }
}

/// A connection that can only read.
pub(crate) fn reader(file: &Path, options: &Options) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(options.busy_timeout)?;
    conn.set_prepared_statement_cache_capacity(32);
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Durable when `commit` returns, also over a power cut: an intent must not be forgotten after
/// the act it announces.
fn tune(conn: &Connection) -> Result<(), Fault> {
    conn.set_prepared_statement_cache_capacity(64);
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(())
}

/// A name beside the file that no other draft has.
pub(crate) fn draft_of(file: &Path) -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    sibling(file, &format!(".{}-{count}.new", std::process::id()))
}

/// Removes a draft and what SQLite keeps beside it.
pub(crate) fn discard(draft: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = std::fs::remove_file(sibling(draft, suffix));
    }
}

/// Makes an empty store at `file`, whole or not at all.
fn create(file: &Path) -> Result<(), Fault> {
    sweep(file);
    let draft = draft_of(file);
    // Opened by the file system first: its errors say more than SQLite's.
    let made = std::fs::File::create_new(&draft)
        .map_err(Fault::from)
        .and_then(|_| {
            let mut conn = Connection::open(&draft)?;
            initialise(&mut conn)?;
            conn.close().map_err(|(_, error)| error)?;
            match std::fs::hard_link(&draft, file) {
                // Another process was faster; its store is as good.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
                // A file system without links: rename is whole too, only not against a racing creator.
                Err(_) if !file.exists() => Ok(std::fs::rename(&draft, file)?),
                done => Ok(done?),
            }
        });
    discard(&draft);
    made?;
    // The name must be as durable as what will be written under it.
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all())?;
    }
    Ok(())
}

/// Removes drafts that a killed creation left more than ten minutes ago.
fn sweep(file: &Path) {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|n| n.to_str()))
    else {
        return;
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let draft = entry.file_name();
        let Some(draft) = draft.to_str() else {
            continue;
        };
        let ours = draft.strip_prefix(name).is_some_and(|rest| {
            rest.starts_with('.') && rest.split(['-', '.']).any(|part| part == "new")
        });
        let old = entry
            .metadata()
            .and_then(|m| m.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > Duration::from_secs(600)));
        if ours && old {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The path with something added to its last part.
pub(crate) fn sibling(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Refuses what is not ours or newer, initialises an empty file, migrates an older one.
fn prepare(file: &Path, conn: &mut Connection) -> Result<(), Fault> {
    let (application, version) = identity(conn)?;
    if application == 0 && version == 0 && objects(conn)? == 0 {
        return initialise(conn);
    }
    if application != APPLICATION_ID {
        return Err(Fault::Store(StoreError::Invalid {
            why: format!(
                "{} is a SQLite database of another program; name another file with --store",
                file.display()
            ),
        }));
    }
    if version > VERSION {
        return Err(Fault::Store(StoreError::NewerSchema {
            uri: format!("sqlite:{}", file.display()),
            found: version,
            known: VERSION,
        }));
    }
    if version < VERSION {
        migrate::migrate(conn)?;
    }
    Ok(())
}

/// `application_id` and `user_version`.
pub(crate) fn identity(conn: &Connection) -> Result<(i32, u32), Fault> {
    let application = conn.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
    Ok((application, version))
}

fn objects(conn: &Connection) -> Result<i64, Fault> {
    Ok(conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?)
}

/// Writes the schema into an empty database.
pub(crate) fn initialise(conn: &mut Connection) -> Result<(), Fault> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    tune(conn)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if objects(&tx)? == 0 {
        tx.execute_batch(TABLES)?;
        derive(&tx)?;
        Words::write(&tx)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    tx.commit()?;
    Ok(())
}
