//! How good stated probabilities are: reliability bins, expected calibration error, AUC, Brier.
//!
//! Goes in: what was stated, what turned out, and how much each observation counts. Comes out:
//! figures. Nothing here knows of what the probabilities are.

use ripple_schemas::calibration::Bin;
use ripple_schemas::model::Quality;

/// Bins of equal width over 0..=1.
pub const BINS: usize = 10;

/// One stated probability and what turned out; `weight` observations of the same.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Stated {
    pub probability: f64,
    pub right: bool,
    pub weight: f64,
}

impl Stated {
    /// `right` of `all` observations that were all given the same probability.
    pub fn counted(probability: f64, all: f64, right: f64) -> [Self; 2] {
        let stated = |right, weight| Self {
            probability,
            right,
            weight,
        };
        [stated(true, right), stated(false, all - right)]
    }
}

/// All figures at once; `None` for no observations.
pub fn quality(stated: &[Stated]) -> Option<Quality> {
    let total = total(stated);
    (total > 0.0).then(|| Quality {
        calibration_error: six_digits(calibration_error(&bins(stated))),
        auc: auc(stated).map(six_digits),
        brier: six_digits(brier(stated)),
        constant_brier: six_digits(constant_brier(stated)),
    })
}

/// More digits mean nothing, and would not all come back from JSON.
pub(super) fn six_digits(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// Sum of the weights.
pub fn total(stated: &[Stated]) -> f64 {
    stated.iter().map(|s| s.weight).sum()
}

fn right(stated: &[Stated]) -> f64 {
    let right = stated.iter().filter(|s| s.right);
    right.map(|s| s.weight).sum()
}

/// The bins that hold something, from the least probable.
pub fn bins(stated: &[Stated]) -> Vec<Bin> {
    let mut sums = [(0.0, 0.0, 0.0); BINS];
    for s in stated.iter().filter(|s| s.weight > 0.0) {
        let at = ((s.probability * BINS as f64) as usize).min(BINS - 1);
        sums[at].0 += s.weight;
        sums[at].1 += s.weight * s.probability;
        sums[at].2 += if s.right { s.weight } else { 0.0 };
    }
    let filled = sums.iter().enumerate().filter(|(_, s)| s.0 > 0.0);
    filled
        .map(|(i, &(rows, stated, right))| Bin {
            from: i as f64 / BINS as f64,
            to: (i + 1) as f64 / BINS as f64,
            rows,
            stated: stated / rows,
            right: right / rows,
        })
        .collect()
}

/// Mean distance between what bins state and what turned out, weighted by what they hold
/// (Naeini, Cooper and Hauskrecht, AAAI 2015).
pub fn calibration_error(bins: &[Bin]) -> f64 {
    let rows: f64 = bins.iter().map(|b| b.rows).sum();
    let error: f64 = bins
        .iter()
        .map(|b| b.rows * (b.stated - b.right).abs())
        .sum();
    if rows > 0.0 { error / rows } else { 0.0 }
}

/// Probability that a right one is stated above a wrong one, ties counting half (the statistic of
/// Mann and Whitney); `None` where all is right or all is wrong.
pub fn auc(stated: &[Stated]) -> Option<f64> {
    let mut sorted: Vec<&Stated> = stated.iter().filter(|s| s.weight > 0.0).collect();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let (mut wrong_below, mut won, mut rights) = (0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.probability == b.probability) {
        let sum = |right| -> f64 {
            let of = tied.iter().filter(|s| s.right == right);
            of.map(|s| s.weight).sum()
        };
        let (right, wrong) = (sum(true), sum(false));
        won += right * (wrong_below + wrong / 2.0);
        wrong_below += wrong;
        rights += right;
    }
    (rights > 0.0 && wrong_below > 0.0).then(|| won / (rights * wrong_below))
}

/// Mean squared difference between what was stated and what turned out (Brier 1950).
pub fn brier(stated: &[Stated]) -> f64 {
    let sum: f64 = stated
        .iter()
        .map(|s| s.weight * (s.probability - f64::from(u8::from(s.right))).powi(2))
        .sum();
    let all = total(stated);
    if all > 0.0 { sum / all } else { 0.0 }
}

/// The Brier score of the constant that does best, which is the share of what is right.
pub fn constant_brier(stated: &[Stated]) -> f64 {
    let all = total(stated);
    let share = if all > 0.0 { right(stated) / all } else { 0.0 };
    share * (1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn observations() -> impl Strategy<Value = Vec<Stated>> {
        let one = (0..=20u32, any::<bool>(), 1..5u32);
        proptest::collection::vec(one, 1..60).prop_map(|list| {
            let each = list.into_iter().map(|(p, right, weight)| Stated {
                probability: f64::from(p) / 20.0,
                right,
                weight: f64::from(weight),
            });
            each.collect()
        })
    }

    /// The same by comparing every pair.
    fn auc_by_pairs(stated: &[Stated]) -> Option<f64> {
        let (mut won, mut pairs) = (0.0, 0.0);
        for r in stated.iter().filter(|s| s.right) {
            for w in stated.iter().filter(|s| !s.right) {
                let weight = r.weight * w.weight;
                pairs += weight;
                won += weight
                    * match r.probability.total_cmp(&w.probability) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
            }
        }
        (pairs > 0.0).then(|| won / pairs)
    }

    proptest! {
        #[test]
        fn the_area_is_that_of_all_pairs(stated in observations()) {
            match (auc(&stated), auc_by_pairs(&stated)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }

        #[test]
        fn a_reversed_order_has_the_complement_of_the_area(stated in observations()) {
            let reversed: Vec<Stated> = stated
                .iter()
                .map(|s| Stated { probability: 1.0 - s.probability, ..*s })
                .collect();
            if let (Some(a), Some(b)) = (auc(&stated), auc(&reversed)) {
                prop_assert!((a + b - 1.0).abs() < 1e-9);
            }
        }

        /// Murphy 1973: reliability − resolution + uncertainty, over the distinct probabilities.
        #[test]
        fn the_brier_score_decomposes(stated in observations()) {
            let all = total(&stated);
            let share = right(&stated) / all;
            let (mut reliability, mut resolution) = (0.0, 0.0);
            for step in 0..=20u32 {
                let p = f64::from(step) / 20.0;
                let group: Vec<Stated> = stated.iter().copied().filter(|s| s.probability == p).collect();
                let n = total(&group);
                if n > 0.0 {
                    let seen = right(&group) / n;
                    reliability += n * (p - seen).powi(2) / all;
                    resolution += n * (seen - share).powi(2) / all;
                }
            }
            let sum = reliability - resolution + constant_brier(&stated);
            prop_assert!((brier(&stated) - sum).abs() < 1e-9);
        }

        #[test]
        fn no_constant_beats_the_best_constant(stated in observations(), p in 0.0..1.0f64) {
            let constant: Vec<Stated> = stated.iter().map(|s| Stated { probability: p, ..*s }).collect();
            prop_assert!(brier(&constant) >= constant_brier(&stated) - 1e-12);
        }

        #[test]
        fn weights_are_repetitions(stated in observations()) {
            let repeated: Vec<Stated> = stated
                .iter()
                .flat_map(|s| std::iter::repeat_n(Stated { weight: 1.0, ..*s }, s.weight as usize))
                .collect();
            let (a, b) = (quality(&stated).unwrap(), quality(&repeated).unwrap());
            prop_assert!((a.calibration_error - b.calibration_error).abs() < 2e-6);
            prop_assert!((a.brier - b.brier).abs() < 2e-6);
            prop_assert!((a.auc.unwrap_or(0.5) - b.auc.unwrap_or(0.5)).abs() < 2e-6);
        }

        #[test]
        fn bins_hold_every_observation_once(stated in observations()) {
            let bins = bins(&stated);
            let held: f64 = bins.iter().map(|b| b.rows).sum();
            prop_assert_eq!(held, total(&stated));
            for b in bins {
                prop_assert!(b.from <= b.stated + 1e-12 && b.stated <= b.to + 1e-12);
            }
        }
    }

    fn at(probability: f64, right: bool) -> Stated {
        Stated {
            probability,
            right,
            weight: 1.0,
        }
    }

    #[test]
    fn a_perfect_order_has_area_one_and_a_constant_one_half() {
        assert_eq!(
            auc(&[at(0.2, false), at(0.3, false), at(0.9, true)]),
            Some(1.0)
        );
        assert_eq!(auc(&[at(0.9, false), at(0.3, true)]), Some(0.0));
        assert_eq!(
            auc(&[at(0.4, false), at(0.4, true), at(0.4, true)]),
            Some(0.5)
        );
        assert_eq!(auc(&[at(0.4, true)]), None);
    }

    #[test]
    fn the_error_of_a_bin_is_its_distance_from_the_truth() {
        // 0.8 stated four times, two right; 0.1 stated once, wrong.
        let mut stated = Stated::counted(0.8, 4.0, 2.0).to_vec();
        stated.push(at(0.1, false));
        let error = calibration_error(&bins(&stated));
        assert!((error - (4.0 * 0.3 + 0.1) / 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_certain_statement_falls_in_the_last_bin() {
        let bins = bins(&[at(1.0, true)]);
        assert_eq!((bins.len(), bins[0].from), (1, 0.9));
    }
}
