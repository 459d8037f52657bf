//! The read-only door: a person's SQL.
//!
//! Four locks, each enough alone: the file is opened read-only, `query_only` is set, an authorizer
//! lets nothing through but reading, and a prepared text that is not read-only is refused. A clock
//! and limits keep a careless query from taking the machine.

use crate::fault::Fault;
use crate::open::{self, Options};
use ripple_graph_core::{Rows, StoreError};
use rusqlite::hooks::{AuthAction, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The largest value a query may make, in bytes.
const MAX_VALUE: i32 = 16 << 20;

/// The largest answer, in bytes.
const MAX_ANSWER: usize = 256 << 20;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;

pub(crate) fn query(
    file: &Path,
    options: &Options,
    text: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    let mut conn = open::reader(file, options)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.authorizer(Some(
        |context: rusqlite::hooks::AuthContext<'_>| match context.action {
            AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => {
                Authorization::Allow
            }
            AuthAction::Function { function_name }
                if !function_name.eq_ignore_ascii_case("load_extension") =>
            {
                Authorization::Allow
            }
            _ => Authorization::Deny,
        },
    ))?;
    let late = Arc::new(AtomicBool::new(false));
    let (deadline, flag) = (Instant::now() + options.query_time, late.clone());
    conn.progress_handler(
        STEPS,
        Some(move || {
            let over = Instant::now() >= deadline;
            flag.fetch_or(over, Ordering::Relaxed);
            over
        }),
    )?;
    run(&conn, text, limit).map_err(|fault| match fault {
        Fault::Sql(_) if late.load(Ordering::Relaxed) => refused(format!(
            "it ran for more than {} s; ask for less",
            options.query_time.as_secs_f32()
        )),
        Fault::Sql(error) => told(error),
        other => other,
    })
}

fn run(conn: &rusqlite::Connection, text: &str, limit: usize) -> Result<Rows, Fault> {
    let mut statement = conn.prepare(text)?;
    if !statement.readonly() {
        return Err(refused("it would write; only SELECT is run here".into()));
    }
    if statement.column_count() == 0 {
        return Err(refused(
            "there is nothing to answer; try `SELECT key, kind FROM nodes`".into(),
        ));
    }
    let columns: Vec<String> = statement.column_names().map(Into::into).collect();
    let mut answer = Rows {
        columns,
        rows: Vec::new(),
        truncated: false,
    };
    let mut bytes = 0;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if answer.rows.len() == limit {
            answer.truncated = true;
            break;
        }
        let mut values = Vec::with_capacity(answer.columns.len());
        for column in 0..answer.columns.len() {
            let value = value(row.get_ref(column)?);
            bytes += 32 + value.as_str().map_or(0, str::len);
            values.push(value);
        }
        if bytes > MAX_ANSWER {
            return Err(refused(
                "the answer is over 256 MB; ask for fewer columns or rows".into(),
            ));
        }
        answer.rows.push(values);
    }
    Ok(answer)
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => n.into(),
        ValueRef::Real(x) => x.into(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        ValueRef::Blob(bytes) => bytes
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
            .into(),
    }
}

/// What SQLite says of a text, unless it is about the file.
fn told(error: rusqlite::Error) -> Fault {
    use rusqlite::ErrorCode as C;
    let why = match &error {
        rusqlite::Error::MultipleStatement => "it holds more than one statement".to_owned(),
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            C::AuthorizationForStatementDenied => {
                "only reading is allowed: SELECT over nodes, edges and the tables".to_owned()
            }
            C::Unknown | C::TooBig | C::ReadOnly | C::OperationInterrupted => {
                message.clone().unwrap_or_else(|| error.to_string())
            }
            _ => return Fault::Sql(error),
        },
        rusqlite::Error::SqlInputError { msg, offset, .. } => match offset {
            0.. => format!("{msg}, at character {offset}"),
            _ => msg.clone(),
        },
        rusqlite::Error::NulError(_) => "it holds a NUL character".to_owned(),
        _ => return Fault::Sql(error),
    };
    refused(why)
}

fn refused(why: String) -> Fault {
    Fault::Store(StoreError::Query { why })
}
