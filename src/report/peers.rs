//! Which runs were judged on the same images. Figures of others are of other images, and a difference between them says nothing of
//! the weights.

use super::material::ReportRun;

/// Runs of the same files with the same labels, divided alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peers {
    /// Their places, in the report's order.
    pub runs: Vec<usize>,
}

/// Each run with those that it may be held against; who comes first leads.
pub fn peers(runs: &[ReportRun]) -> Vec<Peers> {
    let mut sets: Vec<Peers> = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let same = sets
            .iter_mut()
            .find(|set| other_images(&runs[set.runs[0]], run).is_none());
        match same {
            Some(set) => set.runs.push(place),
            None => sets.push(Peers { runs: vec![place] }),
        }
    }
    sets
}

/// Why the images of the one are not those of the other; `None` where they are the same.
pub fn other_images(one: &ReportRun, other: &ReportRun) -> Option<&'static str> {
    let [files, others] = [one, other].map(|run| &run.data_fingerprint);
    let is_same_place = one.config.source() == other.config.source();
    let is_known = !files.is_empty() && !others.is_empty();
    if one.record.started.is_none() || other.record.started.is_none() {
        return Some("one of the two never began");
    }
    if one.classes() != other.classes() {
        return Some("their classes are not the same");
    }
    if is_known && files != others || !is_known && !is_same_place {
        return Some(match is_same_place {
            true => "files were added, removed or changed between them",
            false => "they are of different folders",
        });
    }
    if !one.config.has_labels_of(&other.config) {
        return Some("other labels were decided about before one of them");
    }
    let counts = |run: &ReportRun| {
        let started = run.record.started.as_ref();
        started.map(|started| [&started.n_train, &started.n_val, &started.n_test].map(Clone::clone))
    };
    let is_divided_alike = one.config.draws_like(&other.config) && counts(one) == counts(other);
    (!is_divided_alike).then_some("the folder was divided otherwise for one of them")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, RunEvent, RunRecord, Started};

    fn run(change: impl FnOnce(&mut Config, &mut ReportRun)) -> ReportRun {
        let (mut config, mut run) = (
            Config {
                data: "faces".into(),
                ..Config::default()
            },
            ReportRun::default(),
        );
        run.data_fingerprint = "f".into();
        change(&mut config, &mut run);
        let started = Started::of_two_classes(config.clone());
        run.record = RunRecord::from_events(&[RunEvent::Started(Box::new(started))]);
        ReportRun { config, ..run }
    }

    #[test]
    fn runs_stand_together_where_they_were_judged_on_the_same_images() {
        let runs = [
            run(|_, _| {}),
            run(|config, _| config.seed = 7),
            run(|config, _| config.lr = 0.1),
            // The same files in another place.
            run(|config, _| config.data = "copy".into()),
            run(|_, run| run.data_fingerprint = "g".into()),
            ReportRun::default(),
        ];
        let sets: Vec<Vec<usize>> = peers(&runs).into_iter().map(|set| set.runs).collect();
        assert_eq!(sets, [vec![0, 2, 3], vec![1], vec![4], vec![5]]);
        let why = |other: &ReportRun| other_images(&runs[0], other);
        assert_eq!(
            why(&runs[1]),
            Some("the folder was divided otherwise for one of them")
        );
        assert_eq!(
            why(&runs[4]),
            Some("files were added, removed or changed between them")
        );
        let elsewhere = run(|config, run| {
            config.data = "b".into();
            run.data_fingerprint.clear();
        });
        assert_eq!(why(&elsewhere), Some("they are of different folders"));
    }
}
