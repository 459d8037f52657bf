//! What goes wrong inside, before it is told to a caller.

use ripple_graph_core::StoreError;

/// A failure, sorted by what may be done about it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The connection was lost; whether the server did what was asked is not known.
    Lost(String),
    /// The server asks to try again: a deadlock, a lock not had in time, memory short.
    Transient(String),
    /// A large change set is on its way in and must be finished first.
    Pending,
    /// The server understood and refuses.
    Refused { code: String, why: String },
    /// To be told as it is.
    Store(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<neo4rs::Error> for Fault {
    fn from(error: neo4rs::Error) -> Self {
        use neo4rs::Error as E;
        match error {
            E::Neo4j(e) => {
                let again = e.code().starts_with("Neo.TransientError.")
                    || e.code().starts_with("Neo.ClientError.Transaction.");
                if again {
                    return Self::Transient(format!("{}: {}", e.code(), e.message()));
                }
                Self::Refused {
                    code: e.code().to_owned(),
                    why: e.message().to_owned(),
                }
            }
            E::AuthenticationError(why) => Self::Refused {
                code: "Neo.ClientError.Security.Unauthorized".into(),
                why,
            },
            E::IOError { .. }
            | E::ConnectionError
            | E::ConnectionTimedOut
            | E::IncompleteBoltExchange
            | E::ServerUnavailableError(_)
            | E::RequestIgnoredError
            | E::Ignored(_)
            | E::UnexpectedMessage(_)
            | E::UnknownMessage(_) => Self::Lost(error.to_string()),
            other => Self::Store(StoreError::Defect(format!("Bolt: {other}"))),
        }
    }
}

impl From<neo4rs::DeError> for Fault {
    fn from(error: neo4rs::DeError) -> Self {
        Self::damaged(format!("a value has an unexpected type: {error}"))
    }
}

impl Fault {
    pub(crate) fn damaged(why: impl Into<String>) -> Self {
        Self::Store(StoreError::Damaged {
            path: "the Neo4j database".into(),
            why: why.into(),
        })
    }

    /// Whether trying again may help.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Transient(_))
    }

    /// What the caller is told; `uri` is without its password.
    pub(crate) fn told(self, uri: &str) -> StoreError {
        let uri = uri.to_owned();
        match self {
            Self::Lost(why) => StoreError::Unreachable { uri, why },
            Self::Transient(why) => StoreError::Busy { why },
            Self::Pending => StoreError::Busy {
                why: "a large change set is being written".into(),
            },
            Self::Refused { code, why } if code.starts_with("Neo.ClientError.Security.") => {
                StoreError::Unreachable {
                    uri,
                    why: format!("the server refuses this user ({why})"),
                }
            }
            Self::Refused { code, why } if why.contains("No space left") => {
                let _ = code;
                StoreError::Full { path: uri }
            }
            Self::Refused { code, why } => StoreError::Defect(format!("{code}: {why}")),
            Self::Store(error) => error,
        }
    }
}
