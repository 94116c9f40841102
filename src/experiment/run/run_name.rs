//! The name of a run's folder, such as `2026-11-22-153012-resnet18-1x8-7f3a`: when it began, the network, its class
//! weights, and the beginning of its config's hash.

use jiff::civil::DateTime;

use crate::experiment::config::{Config, weighting_file_name};

/// In the words of `strftime`, so that names sort by age.
const STAMP: &str = "%Y-%m-%d-%H%M%S";
/// Bytes of what that gives.
const STAMP_LENGTH: usize = 17;
/// Letters of the class weights. File systems limit names, and a hundred classes would reach the limit.
const MOST_LETTERS: usize = 40;

/// `classes` are the run's, `began` is local time, `config_hash` in hexadecimal digits.
pub fn run_name(config: &Config, classes: &[String], began: DateTime, config_hash: &str) -> String {
    let label = weighting_file_name(&config.class_weights, classes);
    let weights: String = label.chars().take(MOST_LETTERS).collect();
    let hash: String = config_hash.chars().take(4).collect();
    format!("{}-{}-{weights}-{hash}", began.strftime(STAMP), config.arch)
}

/// When the run of that folder began, in local time; `None` where the folder was given another name.
pub fn began(name: &str) -> Option<DateTime> {
    DateTime::strptime(STAMP, name.get(..STAMP_LENGTH)?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::experiment::ClassWeights;

    #[test]
    fn a_name_tells_when_its_run_began() {
        let time = date(2026, 11, 2).at(5, 30, 12, 0);
        let named = |class_weights: &str| {
            let class_weights: ClassWeights = class_weights.parse().unwrap();
            let config = Config {
                class_weights,
                ..Config::default()
            };
            run_name(&config, &[], time, "7f3a21")
        };
        assert_eq!(named("1,8"), "2026-11-02-053012-resnet18-1x8-7f3a");
        assert_eq!(named("a:b=1,é/=8"), "2026-11-02-053012-resnet18-1x8-7f3a");
        assert_eq!(named("1e-30,1e30"), "2026-11-02-053012-resnet18-1e-30x1e30-7f3a");
        assert_eq!(named("balanced"), "2026-11-02-053012-resnet18-balanced-7f3a");
        assert_eq!(began(&named("1,8")), Some(time));
        assert!(named(&["1.125"; 200].join(",")).len() < 100);
        for other in [
            "",
            "faces",
            "2026-11-02-0530",
            "2026-13-02-053012-x",
            "ééééééééééé",
        ] {
            assert_eq!(began(other), None, "{other}");
        }
    }
}
