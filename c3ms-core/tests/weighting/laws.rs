//! What holds for all weights.

use c3ms_core::survey::weight::{
    Auxiliaries, Calibration, CalibrationOptions, Distance, Link, Margin, Rake, RakeOptions, Reweighting,
    Trimming, Weights, calibrate, design_effect, effective_size, rake, response_classes, trim,
    visitor_weights, weight_share,
};
use proptest::{collection::vec, prelude::*};

use super::total;

/// People of two margins in which every pair of categories is present, with weights.
fn people() -> impl Strategy<Value = (Vec<u32>, Vec<u32>, Vec<f64>)> {
    vec((0_u32..3, 0_u32..4, 0.5..5.0), 0..60).prop_map(|drawn| {
        let every = (0..12).map(|pair| (pair % 3, pair / 3, 1.0));
        let all: Vec<(u32, u32, f64)> = every.chain(drawn).collect();
        (
            all.iter().map(|one| one.0).collect(),
            all.iter().map(|one| one.1).collect(),
            all.iter().map(|one| one.2).collect(),
        )
    })
}

fn two_margins((ages, towns): (&[u32], &[u32]), age: &[f64; 3], town: &[f64; 4]) -> Vec<Margin> {
    let age = Margin::new("age", ages, age).unwrap().scaled(1000.0).unwrap();
    let town = Margin::new("town", towns, town).unwrap().scaled(1000.0).unwrap();
    vec![age, town]
}

#[track_caller]
fn meets(weights: &[f64], margin: &Margin) {
    for (category, total) in (0..).zip(margin.totals()) {
        let of_category = |(one, weight): (&u32, &f64)| if *one == category { *weight } else { 0.0 };
        let sum: f64 = margin.categories().iter().zip(weights).map(of_category).sum();
        assert!((sum / total - 1.0).abs() < 1e-8, "{}, {category}: {sum}, not {total}", margin.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Raking is calibration by the exponential, whichever way rows are gone through; both meet all totals.
    #[test]
    fn raking_is_calibration_by_the_exponential(
        (ages, towns, weights) in people(),
        age in prop::array::uniform3(1.0..3.0),
        town in prop::array::uniform4(1.0..3.0),
    ) {
        let margins = two_margins((&ages, &towns), &age, &town);
        let weights = Weights::new(weights).unwrap();
        let options = RakeOptions { tolerance: 1e-13, iterations: 10_000 };
        let raked = rake(&weights, &Rake::new(margins.clone(), options).unwrap()).unwrap();
        let auxiliaries = margins.iter().try_fold(Auxiliaries::new(weights.len()), Auxiliaries::margin).unwrap();
        let calibration = Calibration::new(auxiliaries, CalibrationOptions::new(Distance::Raking)).unwrap();
        let calibrated = calibrate(&weights, &calibration).unwrap();
        for margin in &margins {
            meets(raked.weights.values(), margin);
            meets(calibrated.weights.values(), margin);
        }
        for (one, other) in raked.weights.values().iter().zip(calibrated.weights.values()) {
            prop_assert!((one / other - 1.0).abs() < 1e-8, "{} {}", one, other);
        }
    }

    /// Calibration meets what is known of numbers and categories, within its bounds.
    #[test]
    fn calibration_meets_totals_within_bounds(
        (ages, towns, weights) in people(),
        nudges in vec(-0.2..0.2, 72),
    ) {
        // Totals that ratios between 0.8 and 1.2 meet.
        let known: Vec<f64> = weights.iter().zip(&nudges).map(|(weight, nudge)| weight * (1.0 + nudge)).collect();
        let of_age = |age: u32| ages.iter().zip(&known).filter(|(one, _)| **one == age).map(|(_, weight)| weight).sum();
        let margin = Margin::new("age", &ages, &[of_age(0), of_age(1), of_age(2)]).unwrap();
        let visits: Vec<f64> = ages.iter().zip(&towns).map(|(age, town)| f64::from(1 + age * town + town)).collect();
        let sum = total(&visits, &known);
        let weights = Weights::new(weights).unwrap();
        let (lower, upper) = (0.7, 1.3);
        for distance in [
            Distance::Linear,
            Distance::Raking,
            Distance::Logit { lower, upper },
            Distance::Truncated { lower, upper },
        ] {
            let auxiliaries = Auxiliaries::new(weights.len()).margin(&margin).unwrap();
            // The count of people repeats what the margin says.
            let auxiliaries = auxiliaries.count(margin.sum()).unwrap().number("visits", &visits, sum).unwrap();
            let calibration = Calibration::new(auxiliaries, CalibrationOptions::new(distance)).unwrap();
            let fitted = calibrate(&weights, &calibration).unwrap();
            meets(fitted.weights.values(), &margin);
            prop_assert!((total(&visits, fitted.weights.values()) / sum - 1.0).abs() < 1e-8);
            if matches!(distance, Distance::Logit { .. } | Distance::Truncated { .. }) {
                prop_assert!(fitted.ratios().iter().all(|ratio| (lower - 1e-12..=upper + 1e-12).contains(ratio)));
            }
            // What is known no longer varies.
            let mut left: Vec<f64> =
                visits.iter().zip(fitted.weights.values()).map(|(visits, weight)| visits * weight).collect();
            fitted.adjustment.residuals(&mut left, 1).unwrap();
            prop_assert!(left.iter().all(|score| score.abs() < 1e-8 * sum), "{:?}", left);
        }
    }

    /// Old weights in another unit give the same new weights.
    #[test]
    fn the_unit_of_old_weights_does_not_matter(
        (ages, towns, weights) in people(),
        age in prop::array::uniform3(1.0..3.0),
        town in prop::array::uniform4(1.0..3.0),
        factor in 0.01..100.0,
    ) {
        let margins = two_margins((&ages, &towns), &age, &town);
        let options = RakeOptions { tolerance: 1e-12, iterations: 10_000 };
        let auxiliaries = margins.iter().try_fold(Auxiliaries::new(weights.len()), Auxiliaries::margin).unwrap();
        let scaled = Weights::new(weights.iter().map(|weight| weight * factor).collect()).unwrap();
        let weights = Weights::new(weights).unwrap();
        for reweighting in [
            Reweighting::PostStratify(margins[0].clone()),
            Reweighting::Rake(Rake::new(margins.clone(), options).unwrap()),
            Reweighting::Calibrate(
                Calibration::new(auxiliaries, CalibrationOptions::new(Distance::Raking)).unwrap(),
            ),
        ] {
            let (one, other) = (reweighting.apply(weights.values()).unwrap(), reweighting.apply(scaled.values()).unwrap());
            for (one, other) in one.weights.values().iter().zip(other.weights.values()) {
                prop_assert!((one / other - 1.0).abs() < 1e-7, "{} {}", one, other);
            }
        }
    }

    /// Rows of the same categories are raked together where they are many; it changes nothing.
    #[test]
    fn many_rows_are_raked_as_few_are(
        (ages, towns, weights) in people(),
        age in prop::array::uniform3(1.0..3.0),
        town in prop::array::uniform4(1.0..3.0),
    ) {
        let options = RakeOptions { tolerance: 1e-12, iterations: 10_000 };
        let few = Rake::new(two_margins((&ages, &towns), &age, &town), options).unwrap();
        let few = rake(&Weights::new(weights.clone()).unwrap(), &few).unwrap();
        let many = Rake::new(two_margins((&ages.repeat(4), &towns.repeat(4)), &age, &town), options).unwrap();
        let many = rake(&Weights::new(weights.repeat(4)).unwrap(), &many).unwrap();
        for (one, other) in few.weights.values().iter().zip(many.weights.values()) {
            prop_assert!((one / (4.0 * other) - 1.0).abs() < 1e-9, "{} {}", one, other);
        }
    }

    /// Trimming keeps the sum of weights, and where it is strict the bounds.
    #[test]
    fn trimming_keeps_the_sum(
        weights in vec(0.1..100.0, 1..80), below in 0.0..1.0, above in 1.0..4.0, strict: bool,
    ) {
        let weights = Weights::new(weights).unwrap();
        let mean = weights.sum() / weights.len() as f64;
        let bounds = Trimming { lower: mean * below, upper: mean * above * (1.0 + 1e-9), strict };
        let trimmed = trim(&weights, &bounds).unwrap();
        prop_assert!((trimmed.weights.sum() / weights.sum() - 1.0).abs() < 1e-9);
        if strict {
            let within = (bounds.lower * (1.0 - 1e-9))..=(bounds.upper * (1.0 + 1e-9));
            prop_assert!(trimmed.weights.values().iter().all(|weight| within.contains(weight)));
            prop_assert!(design_effect(&trimmed.weights) <= design_effect(&weights) + 1e-9);
        }
        prop_assert!(effective_size(&weights) <= weights.len() as f64 + 1e-9);
    }

    /// Those who answered add up to all who were asked.
    #[test]
    fn those_who_answered_stand_for_all((ages, _, weights) in people(), silent in vec(any::<bool>(), 72)) {
        let weights = Weights::new(weights).unwrap();
        // The first of each class answers.
        let responded: Vec<bool> = (0..weights.len()).map(|row| row < 3 || !silent[row]).collect();
        let found = response_classes(&weights, &responded, &ages).unwrap();
        prop_assert!((found.weights.sum() / weights.sum() - 1.0).abs() < 1e-12);
    }

    /// Visitors who were each met once share as their number of visits says.
    #[test]
    fn visits_and_links_share_alike(met in vec((0.5..50.0, 1_u32..9), 1..30)) {
        let weights = Weights::new(met.iter().map(|one| one.0).collect()).unwrap();
        let visits: Vec<f64> = met.iter().map(|one| f64::from(one.1)).collect();
        let links: Vec<Link> = (0..met.len()).map(|row| Link { unit: row, cluster: row, strength: 1.0 }).collect();
        prop_assert_eq!(
            visitor_weights(&weights, &visits).unwrap(),
            weight_share(&weights, &links, &visits).unwrap()
        );
    }
}
