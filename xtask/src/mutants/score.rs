//! Scores what `ripple tests` prints against what really failed.

use super::graph::Graph;
use super::place::Place;
use super::project::Project;
use super::suite;
use anyhow::Result;
use std::fs;
use std::path::Path;

pub(crate) fn score(projects: &[String], ripple: &Path, verbose: bool, _ids: bool) -> Result<()> {
    for name in projects {
        let mut project = Project::load(name)?;
        let place = Place::of(&project)?;
        let suite = suite::of(&project.language)?;
        {
            let _lock = place.lock()?;
            suite.prepare(&mut project, &place)?;
        }
        let graph = Graph::of(ripple, &place)?;
        for case in &project.cases {
            let file = place.beside(&format!("patch-{}", std::process::id()));
            fs::write(&file, &case.patch)?;
            let printed = graph.tests_for(&file)?;
            fs::remove_file(&file)?;
            let selected = |test: &String| printed.iter().any(|p| suite.covers(&p.id, test));
            let failing = project.failing(case)?;
            let missed: Vec<_> = failing.iter().filter(|t| !selected(t)).collect();
            let share = project.suite.iter().filter(|t| selected(t)).count();
            println!(
                "{name}/{}: {} failing, {} missed, {share} of {} selected",
                case.name,
                failing.len(),
                missed.len(),
                project.suite.len()
            );
            if verbose {
                for test in missed {
                    println!("  missed {test}");
                }
            }
        }
    }
    Ok(())
}
