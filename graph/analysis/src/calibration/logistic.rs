//! Logistic regression: the probability of a yes from a few numbers.
//!
//! Fitted by iteratively reweighted least squares (Newton's method; McCullagh and Nelder 1989,
//! section 4.4) with an L2 penalty on standardised features, so that one penalty suits features
//! of any scale. No randomness: the same rows give the same weights.

/// One observation, which counts `weight` times.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Row {
    pub features: Vec<f32>,
    pub weight: f32,
    pub label: bool,
}

/// Newton steps at most; a fit of this size ends in about ten.
const STEPS: usize = 60;
/// The largest log-odds that are told apart, either way.
const MAX_LOG_ODDS: f64 = 30.0;

/// The probability that log-odds stand for.
pub fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS)).exp())
}

/// The log-odds that a probability stands for, within what [`sigmoid`] tells apart.
pub fn logit(probability: f64) -> f64 {
    let p = probability.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln()
}

/// What weights, as [`fit`] gives them, say of features.
pub fn predict(weights: &[f64], features: &[f32]) -> f64 {
    let Some((intercept, slopes)) = weights.split_first() else {
        return 0.5;
    };
    let sum: f64 = slopes
        .iter()
        .zip(features)
        .map(|(w, x)| w * f64::from(*x))
        .sum();
    sigmoid(intercept + sum)
}

/// The weights that make the rows likeliest: the intercept first, then one a feature. `l2` is the
/// penalty on half the square of each weight of a standardised feature, in observations; the
/// intercept has none. Rows that are all of one label give an intercept alone. All rows must have
/// as many features as the first.
pub fn fit(rows: &[Row], l2: f64) -> Vec<f64> {
    fit_from(&rows.iter().collect::<Vec<_>>(), l2, &[])
}

/// [`fit()`], from weights that are near: there is one optimum, so they only save steps.
pub(super) fn fit_from(rows: &[&Row], l2: f64, near: &[f64]) -> Vec<f64> {
    let width = rows.first().map_or(0, |r| r.features.len());
    let scales = scales(rows, width);
    let (yes, all) = rows.iter().fold((0.0, 0.0), |(yes, all), r| {
        let w = f64::from(r.weight);
        (yes + if r.label { w } else { 0.0 }, all + w)
    });
    let mut weights = vec![0.0; width + 1];
    // Half an observation of each label keeps the odds finite.
    weights[0] = ((yes + 0.5) / (all - yes + 0.5)).ln();
    if yes > 0.0 && yes < all {
        if near.len() == weights.len() {
            weights[0] = near[0];
            for (at, (mean, deviation)) in (1..).zip(&scales) {
                weights[0] += near[at] * mean;
                weights[at] = near[at] * deviation;
            }
        }
        newton(&Standard::new(rows, &scales), l2, &mut weights);
    }
    // Back to the features as they came.
    for (weight, (mean, deviation)) in (1..).zip(&scales) {
        weights[weight] /= deviation;
        weights[0] -= weights[weight] * mean;
    }
    weights
}

/// Rows with a one and their standardised features, one after another.
struct Standard {
    width: usize,
    features: Vec<f64>,
    /// Weight and label, as 0 or 1.
    rows: Vec<(f64, f64)>,
}

impl Standard {
    fn new(rows: &[&Row], scales: &[(f64, f64)]) -> Self {
        let mut features = Vec::with_capacity(rows.len() * (scales.len() + 1));
        for row in rows {
            features.push(1.0);
            let each = row.features.iter().zip(scales);
            features.extend(each.map(|(x, s)| (f64::from(*x) - s.0) / s.1));
        }
        let label = |row: &&Row| f64::from(u8::from(row.label));
        Self {
            width: scales.len() + 1,
            features,
            rows: rows
                .iter()
                .map(|row| (f64::from(row.weight), label(row)))
                .collect(),
        }
    }

    /// Weight, label and features of each row.
    fn each(&self) -> impl Iterator<Item = (f64, f64, &[f64])> {
        let features = self.features.chunks_exact(self.width);
        let rows = self.rows.iter().zip(features);
        rows.map(|(&(weight, label), x)| (weight, label, x))
    }
}

/// Weighted mean and standard deviation of each feature; 1 for one that never varies.
fn scales(rows: &[&Row], width: usize) -> Vec<(f64, f64)> {
    let all: f64 = rows.iter().map(|r| f64::from(r.weight)).sum();
    (0..width)
        .map(|i| {
            let of = |f: &dyn Fn(f64) -> f64| -> f64 {
                let sum: f64 = rows
                    .iter()
                    .map(|r| f64::from(r.weight) * f(f64::from(r.features[i])))
                    .sum();
                sum / all
            };
            let mean = of(&|x| x);
            let deviation = of(&|x| (x - mean).powi(2)).sqrt();
            (mean, if deviation > 1e-9 { deviation } else { 1.0 })
        })
        .collect()
}

fn newton(rows: &Standard, l2: f64, weights: &mut Vec<f64>) {
    let mut loss = penalised_loss(rows, l2, weights);
    for _ in 0..STEPS {
        let step = step(rows, l2, weights);
        // Halved until it helps; a step that never does is the end.
        let mut length = 1.0;
        let moved = loop {
            let tried: Vec<f64> = weights
                .iter()
                .zip(&step)
                .map(|(w, s)| w + length * s)
                .collect();
            let lower = penalised_loss(rows, l2, &tried);
            if lower < loss {
                break Some((tried, lower));
            }
            length /= 2.0;
            if length < 1e-4 {
                break None;
            }
        };
        let Some((tried, lower)) = moved else { return };
        let gained = loss - lower;
        (*weights, loss) = (tried, lower);
        if gained < 1e-10 * loss.max(1e-9) {
            return;
        }
    }
}

fn log_odds(weights: &[f64], x: &[f64]) -> f64 {
    weights.iter().zip(x).map(|(w, x)| w * x).sum()
}

fn penalised_loss(rows: &Standard, l2: f64, weights: &[f64]) -> f64 {
    let mut data = 0.0;
    for (weight, label, x) in rows.each() {
        let t = log_odds(weights, x) * (1.0 - 2.0 * label);
        // ln(1 + e^t) without overflow.
        data += weight * (t.max(0.0) + (-t.abs()).exp().ln_1p());
    }
    data + l2 / 2.0 * weights[1..].iter().map(|w| w * w).sum::<f64>()
}

/// The Newton step: the solution of (XᵀWX + λ) s = Xᵀ(y − p) − λw.
fn step(rows: &Standard, l2: f64, weights: &[f64]) -> Vec<f64> {
    let n = weights.len();
    let mut gradient = vec![0.0; n];
    let mut curvature = vec![vec![0.0; n]; n];
    for (weight, label, x) in rows.each() {
        let p = sigmoid(log_odds(weights, x));
        let error = weight * (label - p);
        let bend = weight * p * (1.0 - p);
        for i in 0..n {
            gradient[i] += error * x[i];
            let bent = bend * x[i];
            for (sum, x) in curvature[i][..=i].iter_mut().zip(x) {
                *sum += bent * x;
            }
        }
    }
    for i in 1..n {
        gradient[i] -= l2 * weights[i];
        curvature[i][i] += l2;
    }
    for (i, row) in curvature.iter_mut().enumerate() {
        row[i] += 1e-9;
    }
    solve(curvature, gradient)
}

/// Solves a symmetric positive definite system, given its lower half, by Cholesky's method.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            a[i][j] = if i == j {
                (a[i][i] - sum).max(1e-12).sqrt()
            } else {
                (a[i][j] - sum) / a[j][j]
            };
        }
    }
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i][i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every point of a grid twice, once a label, weighted by the probability that the truth gives it.
    fn expected(truth: &[f64]) -> Vec<Row> {
        let mut rows = Vec::new();
        for a in -6..=6 {
            for b in -6..=6 {
                let features = vec![a as f32 / 2.0, b as f32 * 5.0];
                let p = predict(truth, &features) as f32;
                for (label, weight) in [(true, p), (false, 1.0 - p)] {
                    rows.push(Row {
                        features: features.clone(),
                        weight: weight * 100.0,
                        label,
                    });
                }
            }
        }
        rows
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_fit_recovers_the_weights_that_made_the_rows(
            a in -2.0..2.0f64, b in -2.0..2.0f64, c in -0.2..0.2f64,
        ) {
            let truth = [a, b, c];
            let found = fit(&expected(&truth), 1e-6);
            for (t, f) in truth.iter().zip(&found) {
                prop_assert!((t - f).abs() < 1e-3, "{truth:?} {found:?}");
            }
        }

        #[test]
        fn with_an_intercept_the_mean_of_what_is_stated_is_the_share(
            a in -2.0..2.0f64, b in -2.0..2.0f64, l2 in 0.01..100.0f64,
        ) {
            let rows = expected(&[a, b, 0.1]);
            let found = fit(&rows, l2);
            let sum = |f: &dyn Fn(&Row) -> f64| -> f64 { rows.iter().map(|r| f64::from(r.weight) * f(r)).sum() };
            let stated = sum(&|r| predict(&found, &r.features));
            let yes = sum(&|r| f64::from(u8::from(r.label)));
            prop_assert!((stated - yes).abs() < 1e-3 * yes.max(1.0));
        }
    }

    #[test]
    fn where_a_fit_starts_does_not_matter() {
        let rows = expected(&[-1.0, 2.0, 0.1]);
        let rows: Vec<&Row> = rows.iter().collect();
        let there = fit_from(&rows, 3.0, &[]);
        for near in [[0.0, 0.0, 0.0], [-2.0, 1.0, 0.2], [4.0, -3.0, -0.5]] {
            let found = fit_from(&rows, 3.0, &near);
            for (a, b) in there.iter().zip(&found) {
                assert!((a - b).abs() < 1e-4, "{there:?} {found:?}");
            }
        }
    }

    #[test]
    fn a_strong_penalty_leaves_the_intercept_alone() {
        let found = fit(&expected(&[-1.0, 2.0, 0.1]), 1e9);
        assert!(found[1].abs() < 1e-3 && found[2].abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn separable_rows_give_finite_weights() {
        let row = |x: f32| Row {
            features: vec![x, 1.0],
            weight: 1.0,
            label: x > 0.0,
        };
        let found = fit(&[row(-2.0), row(-1.0), row(1.0), row(2.0)], 0.1);
        assert!(found.iter().all(|w| w.is_finite()), "{found:?}");
        assert!(predict(&found, &[2.0, 1.0]) > 0.8 && predict(&found, &[-2.0, 1.0]) < 0.2);
    }

    #[test]
    fn rows_of_one_label_give_smoothed_odds() {
        let row = Row {
            features: vec![3.0],
            weight: 1.0,
            label: true,
        };
        let found = fit(&vec![row; 9], 1.0);
        assert!(
            (predict(&found, &[3.0]) - 9.5 / 10.0).abs() < 1e-9,
            "{found:?}"
        );
        assert_eq!(fit(&[], 1.0), [0.0]);
    }
}
