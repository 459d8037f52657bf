//! The store: connections, and the trait over the modules beside.

use crate::client::Client;
use crate::fault::Fault;
use crate::{check, large, query, read, schema, snapshot, uri, write};
use async_trait::async_trait;
use ripple_graph_core::{
    ChangeSet, Check, Committed, GraphStore, OwnerInfo, Revision, Rows, Snapshot, StoreError,
};
use ripple_schemas::{Edge, Key, Node};
use std::sync::Arc;
use std::time::Duration;

/// What may differ from the usual.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long a lost connection or a busy server is retried.
    pub patience: Duration,
    /// A change set of more rows is written in pieces and committed by one small transaction.
    pub large: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(30),
            large: 200_000,
        }
    }
}

/// The graph in one Neo4j database. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Neo4jStore {
    client: Arc<Client>,
    options: Options,
}

impl Neo4jStore {
    /// Connects to `neo4j://user:password@host:port`, and makes an empty database ready.
    ///
    /// # Errors
    /// `Invalid` where the address is wrong, `Unreachable` where nobody answers there or refuses
    /// the user, `NewerSchema`.
    pub async fn connect(uri: &str) -> Result<Self, StoreError> {
        Self::connect_with(uri, Options::default()).await
    }

    /// [`Neo4jStore::connect`] with other limits.
    ///
    /// # Errors
    /// As [`Neo4jStore::connect`].
    pub async fn connect_with(uri: &str, options: Options) -> Result<Self, StoreError> {
        let client = Arc::new(Client::connect(uri::parse(uri)?, options.patience).await?);
        let preparing = client.clone();
        client
            .patiently(move || {
                let client = preparing.clone();
                Box::pin(async move { schema::prepare(&client).await })
            })
            .await?;
        Ok(Self { client, options })
    }

    async fn patiently<T, F>(
        &self,
        read: impl Fn(Arc<Client>) -> F + Send + Sync,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        self.client
            .patiently(|| Box::pin(read(self.client.clone())))
            .await
    }
}

/// A commit, from its first attempt to its answer.
async fn commit(
    client: Arc<Client>,
    change: ChangeSet,
    options: Options,
) -> Result<Committed, StoreError> {
    let token = write::token();
    if change.rows() > options.large {
        return commit_large(client, change, token, options).await;
    }
    let (change, answer) = (Arc::new(change), Arc::new(tokio::sync::Mutex::new(None)));
    client
        .patiently(|| {
            let (client, change, answer, token) = (
                client.clone(),
                change.clone(),
                answer.clone(),
                token.clone(),
            );
            Box::pin(async move {
                loop {
                    let mut answer = answer.lock().await;
                    match write::attempt(&client, &change, &token, &mut answer).await {
                        Err(Fault::Pending) => large::finish(&client).await?,
                        done => return done,
                    }
                }
            })
        })
        .await
}

async fn commit_large(
    client: Arc<Client>,
    change: ChangeSet,
    token: String,
    options: Options,
) -> Result<Committed, StoreError> {
    let change = Arc::new(change);
    let again = |step: Step| {
        let (client, change, token) = (client.clone(), change.clone(), token.clone());
        async move {
            let (of, inner) = (client.clone(), client);
            of.patiently(move || {
                let (client, change, token) = (inner.clone(), change.clone(), token.clone());
                Box::pin(async move { step.run(&client, &change, &token, options).await })
            })
            .await
        }
    };
    let pieces = match again(Step::Stage).await? {
        Stepped::Staged(pieces) => pieces,
        other => return Err(StoreError::Defect(format!("staging gave {other:?}"))),
    };
    let done = match again(Step::Flip(pieces)).await {
        Ok(Stepped::Settled(done)) => done,
        Ok(Stepped::Committed(revision)) => match again(Step::Finish).await? {
            Stepped::Changed(changed) => Committed {
                revision,
                changed,
                applied: true,
            },
            other => return Err(StoreError::Defect(format!("finishing gave {other:?}"))),
        },
        Ok(other) => return Err(StoreError::Defect(format!("committing gave {other:?}"))),
        Err(refused) => {
            // Nothing was committed, or nobody knows: old pieces are swept by a later commit.
            if !matches!(refused, StoreError::Unreachable { .. }) {
                let _ = large::sweep(&client, &token).await;
            }
            return Err(refused);
        }
    };
    let _ = large::sweep(&client, &token).await;
    Ok(done)
}

#[derive(Clone, Copy)]
enum Step {
    Stage,
    Flip(usize),
    Finish,
}

#[derive(Debug)]
enum Stepped {
    Staged(usize),
    Committed(Revision),
    Settled(Committed),
    Changed(Vec<Key>),
}

impl Step {
    async fn run(
        self,
        client: &Client,
        change: &ChangeSet,
        token: &str,
        options: Options,
    ) -> Result<Stepped, Fault> {
        match self {
            Self::Stage => Ok(Stepped::Staged(
                large::stage(client, change, token, options.large).await?,
            )),
            Self::Flip(pieces) => loop {
                match large::flip(client, change, token, pieces).await {
                    Err(Fault::Pending) => large::finish(client).await?,
                    Err(fault) => return Err(fault),
                    Ok(large::Flip::Committed(revision)) => {
                        return Ok(Stepped::Committed(revision));
                    }
                    Ok(large::Flip::Settled(done)) => return Ok(Stepped::Settled(done)),
                }
            },
            Self::Finish => {
                large::finish(client).await?;
                Ok(Stepped::Changed(large::collect(client, token).await?))
            }
        }
    }
}

#[async_trait]
impl GraphStore for Neo4jStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.patiently(|client| async move { Ok(Revision(read::settled(&client).await?.revision)) })
            .await
    }

    /// Up to 200,000 rows one transaction of Neo4j. A larger change set is written aside in
    /// pieces, committed by one small transaction, and then applied by its writer and by whoever
    /// reads or writes meanwhile: each sees all of it or nothing.
    async fn commit(&self, mut change: ChangeSet) -> Result<Committed, StoreError> {
        change.validate()?;
        for facts in &mut change.put {
            facts.normalise();
        }
        // A task of its own: a caller that stops waiting must not leave a transaction open, whose
        // lock would hold up every other writer.
        let done = tokio::spawn(commit(self.client.clone(), change, self.options)).await;
        done.unwrap_or_else(|gone| Err(StoreError::Defect(gone.to_string())))
    }

    async fn owners(&self, prefix: &str) -> Result<Vec<OwnerInfo>, StoreError> {
        let prefix: Arc<str> = prefix.into();
        self.patiently(move |client| {
            let prefix = prefix.clone();
            async move {
                read::still(&client, move |client, _| {
                    let prefix = prefix.clone();
                    Box::pin(async move { read::owners(&client, &prefix).await })
                })
                .await
            }
        })
        .await
    }

    async fn node(&self, key: &Key) -> Result<Option<Node>, StoreError> {
        self.patiently(|client| {
            let key = key.clone();
            async move {
                read::still(&client, move |client, _| {
                    let key = key.clone();
                    Box::pin(async move { read::node(&client, &key).await })
                })
                .await
            }
        })
        .await
    }

    async fn edges(&self, key: &Key, outgoing: bool) -> Result<Vec<Edge>, StoreError> {
        self.patiently(|client| {
            let key = key.clone();
            async move {
                read::still(&client, move |client, _| {
                    let key = key.clone();
                    Box::pin(async move { read::edges(&client, &key, outgoing).await })
                })
                .await
            }
        })
        .await
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.patiently(|client| async move { snapshot::snapshot(&client).await })
            .await
    }

    async fn changes(&self, since: Revision) -> Result<Option<Vec<Key>>, StoreError> {
        self.patiently(move |client| async move {
            read::still(&client, move |client, _| {
                Box::pin(async move { read::changes(&client, since).await })
            })
            .await
        })
        .await
    }

    async fn query(&self, text: &str, limit: usize) -> Result<Rows, StoreError> {
        let text: Arc<str> = text.into();
        self.patiently(move |client| {
            let text = text.clone();
            async move {
                read::settled(&client).await?;
                query::query(&client, &text, limit).await
            }
        })
        .await
    }

    async fn check(&self, repair: bool) -> Result<Check, StoreError> {
        self.patiently(move |client| async move {
            if repair {
                check::repair(&client).await
            } else {
                check::check(&client).await
            }
        })
        .await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.patiently(|client| {
            let name = name.to_owned();
            async move { read::setting(&client, &name).await }
        })
        .await
    }

    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        self.patiently(|client| {
            let (name, value) = (name.to_owned(), value.map(str::to_owned));
            async move { read::set_setting(&client, &name, value.as_deref()).await }
        })
        .await
    }
}
