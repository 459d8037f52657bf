//! `ripple impact` and `ripple tests`: what a change breaks, and what to run for it.

mod sides;
mod subject;

use crate::args::{FailOn, Format, Impact};
use crate::commands::ingest::{analyse, analyser, bring, open, sentence};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::render::{self, Look};
use crate::snapshot::{Snapshots, snapshot};
use crate::{model, output};
use ripple_graph_analysis::{Calibration, Csr};
use ripple_graph_core::GraphStore;
use ripple_impact::{ChangedText, ImpactError, Question, Subject, answer, evidence, failure};
use ripple_ingest_code::git::{Patch, Repository, Side};
use ripple_ingest_code::{Analyser, Analysis, Comparison};
use ripple_schemas::{ChangeKind, Key, Level};
use serde_json::json;
use sides::{Differing, differing};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Impacted nodes that an answer lists where nobody said how many.
const LISTED: usize = 1000;
/// How many of each are made ready to be shown where only the first of them are.
const SHOWN: usize = 100;

/// What of an answer is listed; it is computed over all there is.
#[derive(Clone, Copy)]
struct Lists {
    impacted: usize,
    /// Whether the tests among them are left to their own list.
    tests_apart: bool,
    tests: usize,
    blind_spots: usize,
}

/// Answers, renders, and judges by `--fail-on`.
pub(crate) async fn run(context: &Context, args: &Impact) -> Result<Exit, Failure> {
    let format = context.format(&[
        Format::Text,
        Format::Json,
        Format::Markdown,
        Format::Dot,
        Format::Svg,
    ])?;
    let all = context.global.verbose > 0 || args.limit.is_some();
    let each = format == Format::Json || (format == Format::Text && all);
    // A page of text shows the first few of what is no test.
    let short = format == Format::Text && !all;
    let lists = Lists {
        impacted: args.limit.unwrap_or(if short { SHOWN } else { LISTED }),
        tests_apart: short,
        tests: if each { usize::MAX } else { SHOWN },
        blind_spots: if each { usize::MAX } else { SHOWN },
    };
    let answer = ask(context, args, lists, answer).await?;
    match format {
        Format::Json => output::print_json(&answer)?,
        Format::Markdown => output::print(&render::markdown(&answer))?,
        Format::Dot => output::print(&render::dot(&answer))?,
        Format::Svg => output::print(&render::svg(&answer))?,
        Format::Text | Format::Jsonl => {
            let look = Look {
                width: output::width(),
                colour: output::colour(&std::io::stdout()),
                all,
            };
            output::print(&render::text(&answer, look))?;
        }
    }
    Ok(judged(args, answer.verdict.level))
}

/// Only the tests, one runnable id a line.
pub(crate) async fn tests(context: &Context, args: &Impact) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json, Format::Jsonl])?;
    if format == Format::Jsonl {
        return evidence_of_tests(context, args).await;
    }
    let lists = Lists {
        impacted: 0,
        tests_apart: true,
        tests: args.limit.unwrap_or(usize::MAX),
        blind_spots: 0,
    };
    let answer = ask(context, args, lists, answer).await?;
    let tests = &answer.tests;
    if format == Format::Json {
        output::print_json(&tests)?;
    } else {
        output::print(
            &tests
                .iter()
                .map(|t| format!("{}\n", t.id))
                .collect::<String>(),
        )?;
    }
    Ok(judged(args, answer.verdict.level))
}

/// Every test, with what its probability was computed from, one JSON object a line.
async fn evidence_of_tests(context: &Context, args: &Impact) -> Result<Exit, Failure> {
    let lists = Lists {
        impacted: 0,
        tests_apart: true,
        tests: usize::MAX,
        blind_spots: 0,
    };
    let all = ask(context, args, lists, |csr, calibration, question| {
        evidence(csr, calibration, question)
    })
    .await?;
    let mut text = String::new();
    for one in &all {
        let mut line = serde_json::to_value(one).map_err(Failure::defect)?;
        // What the model weighs, as tables of evidence name it.
        let features = failure::NAMES.iter().zip(failure::features(&one.signals));
        let features: serde_json::Map<String, serde_json::Value> = features
            .map(|(name, x)| ((*name).to_owned(), x.into()))
            .collect();
        line["features"] = features.into();
        text.push_str(&line.to_string());
        text.push('\n');
    }
    output::print(&text)?;
    Ok(Exit::Done)
}

/// `unknown` counts as over every level unless it is allowed.
fn judged(args: &Impact, level: Level) -> Exit {
    let least = match args.fail_on {
        None => return Exit::Done,
        Some(FailOn::Low) => Level::Low,
        Some(FailOn::Medium) => Level::Medium,
        Some(FailOn::High) => Level::High,
    };
    let negative = match level {
        Level::Unknown => !args.allow_unknown,
        level => level >= least,
    };
    if negative { Exit::Negative } else { Exit::Done }
}

/// The answer to a change given on the command line.
async fn ask<T>(
    context: &Context,
    args: &Impact,
    lists: Lists,
    answer: impl Fn(&Csr, &Calibration, &Question<'_>) -> Result<T, ImpactError>,
) -> Result<T, Failure> {
    if args.symbol.is_some() || args.endpoint.is_some() {
        return ask_about(context, args, lists, answer).await;
    }
    let comparison = comparison(context, args)?;
    let repository = open(context, &context.here, true)?;
    let sides = repository.resolve_range(&comparison)?;
    let store = context.open().await?;
    let analyser = analyser(context, &repository, false, true)?;
    let commit = brought(context, &*store, &repository, args, Some(&analyser)).await?;
    let head = read(context, &analyser, &sides.head)?;
    let base = read(context, &analyser, &sides.base)?;
    let stored = sides::stored(&*store, repository.name()).await?;
    let Differing {
        base: base_facts,
        head: head_facts,
        gone,
        paths,
    } = differing(&base, &head, &stored);
    tracing::info!(%commit, base = %base.label, head = %head.label, owners = base_facts.len().max(head_facts.len()), "compared");
    let texts = texts(&analyser, &base, &head, &paths)?;
    let question = Question {
        base: base.label.clone(),
        head: head.label.clone(),
        base_facts: &base_facts,
        head_facts: &head_facts,
        gone: &gone,
        changed_paths: &paths,
        texts: &texts,
        phantoms: Some(&head.phantoms),
        ..question(repository.name(), &commit, Subject::Difference, lists)
    };
    whole(context, &*store, |csr, calibration| {
        said(answer(csr, calibration, &question))
    })
    .await
}

/// Answers from the snapshot, and once more from a fresh one where it turns out to be damaged.
async fn whole<T>(
    context: &Context,
    store: &dyn GraphStore,
    answer: impl Fn(&Csr, &Calibration) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let calibration = model::calibration(store).await?;
    let csr = snapshot(context, store, Snapshots::Kept).await?;
    let answered = answer(&csr, &calibration);
    if !csr.damaged() {
        return answered;
    }
    let csr = snapshot(context, store, Snapshots::Fresh).await?;
    answer(&csr, &calibration)
}

/// One node, as if it had changed: no side is read, the graph is enough.
async fn ask_about<T>(
    context: &Context,
    args: &Impact,
    lists: Lists,
    answer: impl Fn(&Csr, &Calibration, &Question<'_>) -> Result<T, ImpactError>,
) -> Result<T, Failure> {
    let (store, commit, here) = match open(context, &context.here, true) {
        Ok(repository) => {
            let store = context.open().await?;
            let commit = brought(context, &*store, &repository, args, None).await?;
            (store, commit, repository.name().to_owned())
        }
        // Outside of every repository a graph may still be asked.
        Err(_) if args.at.is_none() => (
            context.open_existing().await?,
            "graph".to_owned(),
            String::new(),
        ),
        Err(failure) => return Err(failure),
    };
    let (text, change) = match (&args.symbol, &args.endpoint) {
        (Some(text), _) => (text, ChangeKind::Body),
        (None, Some(text)) => (text, ChangeKind::Contract),
        (None, None) => return Err(Failure::defect("asked about nothing")),
    };
    whole(context, &*store, |csr, calibration| {
        let key = subject::find(csr, text)?;
        let repository = repository_of(&key).map_or(here.clone(), render::decode);
        let question = question(&repository, &commit, Subject::Node(key, change), lists);
        said(answer(csr, calibration, &question))
    })
    .await
}

/// A question about nothing but the graph.
fn question<'a>(repository: &'a str, commit: &str, subject: Subject, lists: Lists) -> Question<'a> {
    Question {
        repository,
        base: commit.to_owned(),
        head: commit.to_owned(),
        base_facts: &[],
        head_facts: &[],
        gone: &[],
        changed_paths: &[],
        texts: &[],
        subject,
        phantoms: None,
        list: lists.impacted,
        tests: lists.tests,
        tests_apart: lists.tests_apart,
        blind_spots: lists.blind_spots,
        rollout: json!({"null_because": "no deployment agent yet"}),
        policy: json!({"null_because": "no policy engine yet"}),
    }
}

fn said<T>(answer: Result<T, ImpactError>) -> Result<T, Failure> {
    answer.map_err(Failure::input)
}

/// Brings the graph to its commit, and says so where that changed it.
async fn brought(
    context: &Context,
    store: &dyn GraphStore,
    repository: &Repository,
    args: &Impact,
    reader: Option<&Analyser>,
) -> Result<String, Failure> {
    let done = bring(
        context,
        store,
        repository,
        args.at.as_deref(),
        false,
        reader,
    )
    .await?;
    if done.work.is_some() && !context.global.quiet {
        output::note(sentence(&done).trim_end());
    }
    Ok(done.commit)
}

fn read(context: &Context, analyser: &Analyser, side: &Side) -> Result<Analysis, Failure> {
    analyse(context, analyser, &side.tree)
}

/// A changed file longer than this has no words: it is data.
const TEXT_LIMIT: u64 = 1 << 20;

/// What stands in the changed files.
fn texts(
    analyser: &Analyser,
    base: &Analysis,
    head: &Analysis,
    paths: &[String],
) -> Result<Vec<ChangedText>, Failure> {
    let text = |side: &Analysis, path: &str| -> Result<Option<String>, Failure> {
        let file = side.files.binary_search_by(|f| f.path.as_str().cmp(path));
        match file {
            Ok(at) => Ok(analyser.text(&side.files[at], TEXT_LIMIT)?),
            Err(_) => Ok(None),
        }
    };
    let both = paths.iter().map(|path| {
        Ok(ChangedText {
            path: path.clone(),
            base: text(base, path)?,
            head: text(head, path)?,
        })
    });
    both.collect()
}

fn comparison(context: &Context, args: &Impact) -> Result<Comparison, Failure> {
    if args.staged {
        return Ok(Comparison::Staged);
    }
    let Some(path) = &args.patch else {
        return Ok(args
            .range
            .clone()
            .map_or(Comparison::Default, Comparison::Revision));
    };
    let text = if path == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text).map(|_| text)
    } else {
        std::fs::read(context.here.join(path))
    };
    let text =
        text.map_err(|e| Failure::input(format!("{} cannot be read: {e}", path.display())))?;
    let patch =
        Patch::parse(&text).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
    Ok(Comparison::Patch(Arc::new(patch)))
}

/// The repository that a symbol's or file's key names, as it is called.
fn repository_of(key: &Key) -> Option<&str> {
    let rest = key
        .as_str()
        .strip_prefix("sym:")
        .or_else(|| key.as_str().strip_prefix("file:"))?;
    rest.split_once('/').map(|(repository, _)| repository)
}
