//! `ripple calibration`: how well stated probabilities hold, and which model states them.

use crate::args::{Calibration, Format};
use crate::context::{Context, short};
use crate::failure::{Exit, Failure};
use crate::snapshot::{Snapshots, snapshot};
use crate::{model, output, render};
use ripple_graph_analysis::calibration::{Evidence, builtin, report, train};
use ripple_graph_core::{ChangeSet, Committed, GraphStore, OwnerFacts, StoreError};
use ripple_schemas::model::CALIBRATION;
use ripple_schemas::{Key, Model, Node};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How often a change is tried again where another writer came first.
const TRIES: u32 = 8;

pub(crate) async fn run(context: &Context, args: &Calibration) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json, Format::Markdown])?;
    let evidence = evidence(context, args)?;
    let mut done = String::new();
    let (model, versions) = if args.train || args.promote.is_some() {
        let store = context.open_existing().await?;
        let mut wanted = args.promote.flatten();
        if args.train {
            let (version, new) = trained(&*store, &evidence).await?;
            done += &if new {
                format!("model:{CALIBRATION}@{version} is trained and kept in the graph\n")
            } else {
                format!(
                    "model:{CALIBRATION}@{version} says the same already; nothing was written\n"
                )
            };
            if args.promote.is_none() {
                done += &format!("it is not used yet: `ripple calibration --promote {version}`\n");
            }
            wanted = wanted.or(Some(version));
        }
        if args.promote.is_some() {
            done += &promoted(&*store, wanted).await?;
            // Its revision moved: the next answer should not have to build the snapshot.
            snapshot(context, &*store, Snapshots::Kept).await?;
        }
        (model::in_use(&*store).await?, versions(&*store).await?)
    } else if context.has_graph()? {
        let store = context.open().await?;
        (model::in_use(&*store).await?, versions(&*store).await?)
    } else {
        (builtin(), Vec::new())
    };
    if format == Format::Text && !done.is_empty() {
        output::print(&done)?;
        return Ok(Exit::Done);
    }
    if !done.is_empty() && !context.global.quiet {
        output::note(done.trim_end());
    }
    let answer = tokio::task::block_in_place(|| report(&evidence, &model, versions));
    match format {
        Format::Json => output::print_json(&answer)?,
        Format::Markdown => output::print(&render::calibration_markdown(&answer))?,
        _ => output::print(&render::calibration_text(&answer))?,
    }
    Ok(Exit::Done)
}

/// What is built in, and what files add to it.
fn evidence(context: &Context, args: &Calibration) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::embedded().map_err(Failure::defect)?;
    for path in &args.evidence {
        let path = context.here.join(path);
        let shown = short(&path, &context.here);
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Failure::input(format!("{shown} cannot be read: {e}")))?;
        evidence
            .add(&text)
            .map_err(|e| Failure::input(format!("{shown}: {e}")))?;
    }
    Ok(evidence)
}

/// Versions in the graph, oldest first.
async fn versions(store: &dyn GraphStore) -> Result<Vec<u32>, Failure> {
    let prefix = format!("{}@", Key::model(CALIBRATION));
    let mut versions: Vec<u32> = store
        .owners(&prefix)
        .await?
        .iter()
        .filter_map(|o| o.owner.strip_prefix(&prefix)?.parse().ok())
        .collect();
    versions.sort_unstable();
    Ok(versions)
}

/// The version that this evidence makes, and whether it is new.
async fn trained(store: &dyn GraphStore, evidence: &Evidence) -> Result<(u32, bool), Failure> {
    let mut candidate = tokio::task::block_in_place(|| train(evidence, 0));
    for _ in 0..TRIES {
        let revision = store.revision().await?;
        let known = versions(store).await?;
        let newest = known.last().copied().unwrap_or(0);
        if newest > 0 {
            candidate.version = newest;
            if version(store, newest).await?.as_ref() == Some(&candidate) {
                return Ok((newest, false));
            }
        }
        candidate.version = newest + 1;
        let change = ChangeSet {
            put: vec![owned(candidate.node())],
            expect: Some(revision),
            ..ChangeSet::default()
        };
        if commit(store, change).await?.is_some() {
            return Ok((candidate.version, true));
        }
    }
    Err(Failure::from(StoreError::Busy {
        why: "others kept writing while the model was kept".into(),
    }))
}

async fn version(store: &dyn GraphStore, version: u32) -> Result<Option<Model>, Failure> {
    let key = Key::model_version(CALIBRATION, version);
    let Some(node) = store.node(&key).await? else {
        return Ok(None);
    };
    Model::from_node(&node).map(Some).map_err(|why| {
        Failure::input(format!(
            "{key} was written by another ripple and cannot be read: {why}; `ripple calibration --train` makes one that can"
        ))
    })
}

/// Makes a version the one in use, and says what that changed.
async fn promoted(store: &dyn GraphStore, wanted: Option<u32>) -> Result<String, Failure> {
    let known = versions(store).await?;
    let Some(wanted) = wanted.or(known.last().copied()) else {
        return Err(Failure::input(
            "the graph holds no model to promote; make one: `ripple calibration --train`",
        ));
    };
    let in_use = Key::model(CALIBRATION).as_str().to_owned();
    let change = if wanted == 0 {
        ChangeSet {
            remove: vec![in_use],
            ..ChangeSet::default()
        }
    } else {
        let Some(model) = version(store, wanted).await? else {
            let known: Vec<String> = known.iter().map(u32::to_string).collect();
            return Err(Failure::input(format!(
                "the graph has no model:{CALIBRATION}@{wanted}; it has {}",
                if known.is_empty() {
                    "none; make one: `ripple calibration --train`".to_owned()
                } else {
                    format!("0 (built in), {}", known.join(", "))
                }
            )));
        };
        ChangeSet {
            put: vec![owned(model.node_in_use())],
            ..ChangeSet::default()
        }
    };
    let before = model::in_use(store).await?.version;
    store.commit(change).await?;
    let name = |version| match version {
        0 => "the built-in model".to_owned(),
        n => format!("model:{CALIBRATION}@{n}"),
    };
    Ok(if before == wanted {
        format!("{} was in use already\n", name(wanted))
    } else {
        format!(
            "{} is in use now; back with `ripple calibration --promote {before}`\n",
            name(wanted)
        )
    })
}

/// A model's node and its only owner, of the same name.
fn owned(node: Node) -> OwnerFacts {
    let mut hasher = DefaultHasher::new();
    format!("{node:?}").hash(&mut hasher);
    OwnerFacts {
        owner: node.key.as_str().to_owned(),
        digest: hasher.finish(),
        nodes: vec![node],
        assertions: vec![],
    }
}

/// `None` where another writer came first.
async fn commit(store: &dyn GraphStore, change: ChangeSet) -> Result<Option<Committed>, Failure> {
    match store.commit(change).await {
        Ok(committed) => Ok(Some(committed)),
        Err(StoreError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
