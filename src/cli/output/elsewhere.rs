//! What an evaluation comes to where a class is more or less common than among the images that were judged.

use serde_json::{Value, json};

use super::figures::interval_to_json;
use crate::cli::words::Prevalence;
use crate::error::{Error, Result};
use crate::metrics::{
    CostLine, Elsewhere, cost_of_thousand_at, elsewhere, in_alarms, mix_with, named, thousands,
};
use crate::protocol::Judged;
use crate::visible::visible;

/// One class there.
pub struct There {
    common: Prevalence,
    figures: Elsewhere,
    /// What a miss costs, and 1,000 images, in false alarms.
    cost: Option<(f64, f64)>,
}

impl There {
    /// The other classes keep their shares to each other.
    ///
    /// # Errors
    /// There is no such class, or a class was not judged at all.
    pub fn of(common: &Prevalence, miss_cost: Option<f64>, judged: &Judged) -> Result<Self> {
        let classes = &judged.classes;
        let Some(class_idx) = classes.iter().position(|class| *class == common.class) else {
            return Err(Error::Input(format!(
                "--prevalence: no class is named {}; the classes are {}",
                common.class,
                named(classes, 10)
            )));
        };
        let confusion = &judged.evaluation.confusion;
        let counts: Vec<f64> = (0..classes.len())
            .map(|i| confusion.row_total(i) as f64)
            .collect();
        let mix = mix_with(&counts, class_idx, common.share);
        let Some(figures) = mix.and_then(|mix| elsewhere(confusion, class_idx, &mix)) else {
            return Err(Error::Input(format!(
                "--prevalence: {} and the other classes must have images among those that are evaluated",
                common.class
            )));
        };
        Ok(There {
            common: common.clone(),
            figures,
            cost: miss_cost.map(|ratio| {
                (
                    ratio,
                    ratio * figures.missed_of_thousand + figures.false_alarms_of_thousand,
                )
            }),
        })
    }

    pub fn to_json(&self) -> Value {
        let Elsewhere {
            precision,
            precision_interval,
            npv,
            npv_interval,
            ..
        } = self.figures;
        json!({
            "class": self.common.class,
            "prevalence": self.common.share,
            "precision": interval_to_json(precision, precision_interval),
            "npv": interval_to_json(npv, npv_interval),
            "called_of_thousand": self.figures.called_of_thousand,
            "false_alarms_of_thousand": self.figures.false_alarms_of_thousand,
            "missed_of_thousand": self.figures.missed_of_thousand,
            "miss_cost": self.cost.map(|(ratio, _)| ratio),
            "cost_of_thousand": self.cost.map(|(_, cost)| cost),
        })
    }

    pub fn in_words(&self) -> String {
        let (class, figures) = (visible(&self.common.class), &self.figures);
        let cost = self.cost.map_or_else(String::new, |(ratio, cost)| {
            let never = cost_of_thousand_at(CostLine::NOTHING, self.common.share, ratio);
            format!(
                ". With a miss as dear as {} these 1,000 cost {} false alarms; never to predict {class}, {}",
                in_alarms(ratio),
                whole(cost),
                whole(never)
            )
        });
        format!("{}{cost}", figures.in_words(&class, self.common.share))
    }
}

fn whole(cost: f64) -> String {
    thousands(cost.round() as u64)
}
