//! `ripple doctor`: what is installed, reachable, misconfigured, with the mend.

use crate::args::Format;
use crate::context::{Context, short};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::json;
use std::fmt::Write as _;
use std::process::Command;

/// One thing looked at.
struct Finding {
    what: String,
    state: State,
    detail: String,
    mend: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Not needed for the main job.
    Absent,
    Bad,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Absent => "absent",
            State::Bad => "wrong",
        }
    }
}

pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json])?;
    let mut findings = vec![
        tool(
            "git",
            &["--version"],
            true,
            "install git 2.30 or newer: Ripple reads repositories with it",
        ),
        tool(
            "java",
            &["-version"],
            false,
            "install Java 17 or newer: `cargo xtask test` runs Neo4j on it",
        ),
        tool(
            "mvn",
            &["--version"],
            false,
            "install Maven: `cargo xtask test` fetches Neo4j with it",
        ),
        tool(
            "cargo",
            &["--version"],
            false,
            "install Rust with rustup: needed to build Ripple",
        ),
        tool(
            "cc",
            &["--version"],
            false,
            "install a C and C++ compiler: needed to build Ripple",
        ),
        tool(
            "make",
            &["--version"],
            false,
            "install make: needed to build Ripple",
        ),
    ];
    findings.push(repository(context));
    findings.push(store(context).await);
    let bad = findings.iter().filter(|f| f.state == State::Bad).count();
    if format == Format::Json {
        let list: Vec<_> = findings
            .iter()
            .map(|f| json!({"what": f.what, "state": f.state.word(), "detail": f.detail, "mend": f.mend}))
            .collect();
        output::print_json(&list)?;
    } else {
        let mut text = String::new();
        for f in &findings {
            let _ = writeln!(text, "{:<7} {:<11} {}", f.state.word(), f.what, f.detail);
            if f.state != State::Good {
                let _ = writeln!(text, "{:<19} {}", "", f.mend);
            }
        }
        output::print(&text)?;
    }
    Ok(if bad > 0 { Exit::Input } else { Exit::Done })
}

fn tool(name: &str, args: &[&str], needed: bool, mend: &str) -> Finding {
    let answer = Command::new(name).args(args).output();
    let (state, detail) = match answer {
        Ok(out) if out.status.success() => {
            let text = [out.stdout, out.stderr].concat();
            let text = String::from_utf8_lossy(&text);
            (
                State::Good,
                text.lines().next().unwrap_or_default().trim().to_owned(),
            )
        }
        Ok(out) => (
            if needed { State::Bad } else { State::Absent },
            format!("ends with {}", out.status),
        ),
        Err(error) => (
            if needed { State::Bad } else { State::Absent },
            error.to_string(),
        ),
    };
    Finding {
        what: name.to_owned(),
        state,
        detail,
        mend: mend.to_owned(),
    }
}

fn repository(context: &Context) -> Finding {
    let what = "repository".to_owned();
    match ripple_ingest_code::git::Repository::open(&context.here) {
        Ok(repository) => Finding {
            what,
            state: State::Good,
            detail: format!("{} at {}", repository.name(), repository.root().display()),
            mend: String::new(),
        },
        Err(error) => Finding {
            what,
            state: State::Absent,
            detail: error.to_string(),
            mend: "stand in a git repository, or name one: ripple ingest PATH".into(),
        },
    }
}

async fn store(context: &Context) -> Finding {
    let what = "store".to_owned();
    let place = match context.sqlite_path() {
        Ok(Some(path)) => short(&path, &context.here),
        Ok(None) => "Neo4j".into(),
        Err(_) => String::new(),
    };
    if matches!(context.has_graph(), Ok(false)) {
        return Finding {
            what,
            state: State::Absent,
            detail: format!("no graph at {place} yet"),
            mend: "run `ripple ingest`; `ripple impact` does it by itself".into(),
        };
    }
    let opened = match context.open_existing().await {
        Ok(store) => store.revision().await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    match opened {
        Ok(revision) => Finding {
            what,
            state: State::Good,
            detail: format!("{place}, revision {revision}"),
            mend: String::new(),
        },
        Err(failure) => Finding {
            what,
            state: State::Bad,
            detail: failure.text().to_owned(),
            mend: String::new(),
        },
    }
}
