//! What goes wrong inside, and how it is told to a person.

use ripple_graph_core::StoreError;
use rusqlite::{ErrorCode, ffi};
use std::path::Path;

/// A failure below the store's surface; [`Fault::told`] gives it the file's name.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(rusqlite::Error),
    Io(std::io::Error),
    /// A row that cannot be what this crate wrote.
    Damaged(String),
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// Whether the file, not the moment or the caller, is what is wrong.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sql(error) => {
                let code = error.sqlite_error_code();
                misread(error)
                    || matches!(
                        code,
                        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                    )
            }
            Self::Io(_) | Self::Store(_) => false,
        }
    }

    /// What happened, without the file.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Sql(error) => error.to_string(),
            Self::Io(error) => error.to_string(),
            Self::Damaged(why) => why.clone(),
            Self::Store(error) => error.to_string(),
        }
    }

    /// The error a caller sees.
    pub(crate) fn told(self, file: &Path) -> StoreError {
        let path = file.display().to_string();
        match self {
            Self::Store(error) => error,
            Self::Damaged(why) => StoreError::Damaged { path, why },
            Self::Io(error) => told_io(path, &error),
            Self::Sql(error) => told_sql(path, error),
        }
    }
}

fn told_io(path: String, error: &std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    let why = error.to_string();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::Full { path }
        }
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::IsADirectory
        | ErrorKind::NotADirectory
        | ErrorKind::NotFound => StoreError::ReadOnly { path, why },
        _ => StoreError::Unreachable {
            uri: format!("sqlite:{path}"),
            why,
        },
    }
}

/// Whether a row did not hold what this crate writes.
fn misread(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..)
            | E::InvalidColumnType(..)
            | E::IntegralValueOutOfRange(..)
            | E::Utf8Error(..)
            | E::QueryReturnedNoRows
    ) || matches!(
        // Every value we bind is of its column's type: one that is not was read from a damaged row.
        error,
        E::SqliteFailure(why, _) if why.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_DATATYPE
    ) || matches!(
        // Our texts are fixed and tested: one that does not fit was met by a damaged schema.
        error,
        E::SqlInputError { msg, .. } if msg.starts_with("no such ")
    )
}

/// Failures to write or to grow that are not `SQLITE_FULL`: a quota, a limit on the size of files,
/// no room for the shared index of the log.
const SPACE: [i32; 2] = [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE];

fn told_sql(path: String, error: rusqlite::Error) -> StoreError {
    let why = error.to_string();
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) if SPACE.contains(&failure.extended_code) => {
            return StoreError::Full { path };
        }
        _ if misread(&error) => return StoreError::Damaged { path, why },
        rusqlite::Error::SqliteFailure(failure, _) => failure.code,
        _ => return StoreError::Defect(why),
    };
    match code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => StoreError::Busy {
            why: format!("{path} is locked"),
        },
        ErrorCode::DiskFull => StoreError::Full { path },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { path, why },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
            StoreError::ReadOnly { path, why }
        }
        ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory | ErrorCode::NoLargeFileSupport => {
            StoreError::Unreachable {
                uri: format!("sqlite:{path}"),
                why,
            }
        }
        ErrorCode::TooBig => StoreError::Invalid {
            why: format!("a value is larger than {path} can hold: {why}"),
        },
        _ => StoreError::Defect(why),
    }
}
