//! What a rule is worth: a Beta posterior over the probability that an edge it makes is true.
//!
//! The prior is a judgement made before anything was measured: what a rule skips over, and how
//! often real programs do that. It is worth [`PRIOR_STRENGTH`] observations. Evidence comes from
//! fixtures: small programs whose complete calls are known. They are easier than real ones, and
//! the edges of one program rise and fall together, so that an edge is no independent observation:
//! each counts [`EDGE_WEIGHT`] (a power prior: Ibrahim and Chen, Statistical Science 2000). So a
//! rule with forty edges, all right, still stands two thirds of the way at its prior.

use ripple_schemas::{Beta, Rule};

/// How many observations a prior is worth.
pub const PRIOR_STRENGTH: f64 = 20.0;
/// How much one edge of a fixture counts. Over the committed programs (m ≈ 15 edges each) right and
/// wrong correlate by ρ ≈ 0.12, a design effect 1 + (m − 1)ρ of 2.4 to 2.9 (Kish 1965); the rest is
/// that fixtures are easier than real programs, which is a judgement.
pub const EDGE_WEIGHT: f64 = 0.25;

/// What a rule was believed before anything was measured.
pub fn prior(rule: Rule) -> Beta {
    let mean = prior_mean(rule);
    Beta {
        right: PRIOR_STRENGTH * mean,
        wrong: PRIOR_STRENGTH * (1.0 - mean),
    }
}

/// The prior moved by `candidates` edges, `right` of which were true.
pub fn posterior(rule: Rule, candidates: f64, right: f64) -> Beta {
    let prior = prior(rule);
    Beta {
        right: prior.right + EDGE_WEIGHT * right,
        wrong: prior.wrong + EDGE_WEIGHT * (candidates - right),
    }
}

fn prior_mean(rule: Rule) -> f64 {
    match rule {
        // The text says so.
        Rule::Syntax | Rule::Manifest | Rule::Codeowners | Rule::Git => 1.0,
        // The language's own rules of names, but for what runs only under conditions.
        Rule::Local => 0.99,
        Rule::Import => 0.98,
        Rule::Reexport | Rule::MethodTyped => 0.97,
        // A value followed from where it is made: it may be replaced on the way.
        Rule::MethodInferred | Rule::Inherited => 0.95,
        // Several classes reach the receiver; not every one need reach it there.
        Rule::Callback | Rule::Implicit | Rule::MethodAmong => 0.93,
        Rule::Decorator => 0.92,
        // Which one of several a container or a name made at run time gives is not told.
        Rule::Container | Rule::DynamicImport => 0.9,
        Rule::Macro => 0.85,
        // Code nobody here can read decides.
        // A path in a text: it is written, whether it is followed is not told.
        Rule::FilePath => 0.93,
        Rule::EscapesToExternal | Rule::Authorship | Rule::FilePattern => 0.7,
        Rule::InterfaceCha => 0.6,
        // A name alone.
        Rule::NameUnique => 0.5,
        Rule::CoChange => 0.3,
        Rule::NameSimilar => 0.2,
        // And what is known speaks against it.
        Rule::TurnedDown => 0.05,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> impl Strategy<Value = Rule> {
        proptest::sample::select(Rule::ALL)
    }

    proptest! {
        #[test]
        fn a_posterior_lies_between_the_prior_and_the_data(
            rule in rules(), all in 1..5000u32, share in 0.0..=1.0f64,
        ) {
            let right = f64::from(all) * share;
            let (low, high) = (prior(rule).mean().min(share), prior(rule).mean().max(share));
            let mean = posterior(rule, f64::from(all), right).mean();
            prop_assert!(low - 1e-9 <= mean && mean <= high + 1e-9);
        }

        #[test]
        fn more_of_the_same_evidence_moves_further(rule in rules(), all in 1..1000u32) {
            let far = |n: u32| (posterior(rule, f64::from(n), 0.0).mean() - prior(rule).mean()).abs();
            prop_assert!(far(all * 2) > far(all));
        }
    }

    #[test]
    fn without_evidence_a_rule_stays_at_its_prior() {
        for &rule in Rule::ALL {
            assert_eq!(posterior(rule, 0.0, 0.0), prior(rule));
        }
    }

    #[test]
    fn little_evidence_moves_little() {
        let moved = posterior(Rule::InterfaceCha, 5.0, 5.0).mean();
        assert!((moved - 0.6).abs() < 0.03, "{moved}");
    }
}
