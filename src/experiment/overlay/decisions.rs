//! All that is decided about the images of a folder. A decision goes with what an image holds, so that it outlives a move.
//! Where several images hold the same it is about one of them: the one that lay where it was made.

use std::collections::{BTreeMap, BTreeSet};

use super::image_label::{ImageChange, ImageLabel, ImageName, LabelChange};

/// What stands of the decisions about an image, or about all of one content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    /// As it was when the last decision was made.
    pub image: ImageName,
    pub label: ImageLabel,
}

impl Decision {
    /// Of several that hold the same.
    pub fn is_of_one(&self) -> bool {
        !self.image.copies.is_empty()
    }
}

impl ImageName {
    /// Where all images of its content lay.
    pub(super) fn places(&self) -> BTreeSet<&str> {
        let copies = self.copies.iter().map(String::as_str);
        copies.chain([self.path.as_str()]).collect()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// By content. What is about all images of it comes first, then what is about one, in the order of their places.
    pub(super) decisions: BTreeMap<String, Vec<Decision>>,
}

impl Overlay {
    pub fn take(&mut self, changed: &ImageChange) {
        let ImageChange { image, change } = changed;
        let of_content = self.decisions.remove(&image.content).unwrap_or_default();
        let here = placed(&of_content, &image.places())
            .get(image.path.as_str())
            .copied();
        let of_all = of_content.iter().position(|decision| !decision.is_of_one());
        let before = here.or(of_all).map(|i| of_content[i].label.clone());
        let mut label = before.unwrap_or_default();
        label.take(change);
        let is_alone = image.copies.is_empty();
        let stays = |i: usize| Some(i) != here && !(is_alone && Some(i) == of_all);
        let mut after: Vec<Decision> = (of_content.into_iter().enumerate())
            .filter_map(|(i, decision)| stays(i).then_some(decision))
            .collect();
        // Nothing decided about one is something where more is decided about all.
        let of_all_stays = of_all.is_some() && !is_alone;
        if !label.says_nothing() || of_all_stays {
            let image = image.clone();
            after.push(Decision { image, label });
        }
        after.sort_by(|a, b| {
            let key = |decision: &Decision| decision.is_of_one();
            key(a).cmp(&key(b)).then_with(|| a.image.path.cmp(&b.image.path))
        });
        if !after.is_empty() {
            self.decisions.insert(image.content.clone(), after);
        }
    }

    fn all(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.values().flatten()
    }

    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }

    /// What was decided about an image so far.
    fn label_of(&self, image: &ImageName) -> Option<&ImageLabel> {
        let of_content = self.decisions.get(&image.content)?;
        let here = placed(of_content, &image.places())
            .get(image.path.as_str())
            .copied();
        let of_all = || of_content.iter().position(|decision| !decision.is_of_one());
        here.or_else(of_all).map(|i| &of_content[i].label)
    }

    /// Whether it changes what is trained on, or on what: notes do not.
    pub fn changes_training(&self) -> bool {
        self.all().any(|decision| decision.label.changes_training())
    }

    /// Where the images lay that decisions are about, relative to the folder, with what they held.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all()
            .map(|Decision { image, .. }| (image.path.as_str(), image.content.as_str()))
    }

    pub fn is_about(&self, content: &str) -> bool {
        self.decisions.contains_key(content)
    }

    /// The images, by index, that the decisions are about, and how many decisions are about none of them. `images` are the
    /// places of all images of a content, with their indices.
    pub fn find(
        &self,
        images: &BTreeMap<String, BTreeMap<String, usize>>,
    ) -> (BTreeMap<usize, ImageLabel>, usize) {
        let (mut found, mut n_absent) = (BTreeMap::new(), 0);
        for (content, decisions) in &self.decisions {
            let here = images.get(content).into_iter().flatten();
            let here: BTreeMap<&str, usize> = here.map(|(place, &i)| (place.as_str(), i)).collect();
            let placed = placed(decisions, &here.keys().copied().collect());
            let of_all = decisions.first().filter(|decision| !decision.is_of_one());
            let n_of_one = decisions.iter().filter(|decision| decision.is_of_one()).count();
            n_absent += n_of_one - placed.len() + usize::from(of_all.is_some() && here.is_empty());
            for (place, image_idx) in here {
                let decision = placed.get(place).map(|&i| &decisions[i]).or(of_all);
                let label = decision.map(|decision| &decision.label);
                if let Some(label) = label.filter(|label| !label.says_nothing()) {
                    found.insert(image_idx, label.clone());
                }
            }
        }
        (found, n_absent)
    }

    /// The same decisions as one step, from which the overlay follows again.
    pub fn as_step(&self) -> Vec<ImageChange> {
        let of_one = |decision: &Decision| {
            let image = decision.image.clone();
            // It does not begin with what is decided about all.
            let begins = decision.is_of_one().then_some(LabelChange::Clear);
            let changes = begins.into_iter().chain(decision.label.as_changes());
            let change = |change| ImageChange {
                image: image.clone(),
                change,
            };
            changes.map(change).collect::<Vec<_>>()
        };
        self.all().flat_map(of_one).collect()
    }

    /// A line for each decision that a training sees: equal lines, equal trainings.
    pub fn of_training<'a>(&'a self) -> impl Iterator<Item = String> + 'a {
        let line = |decision: &Decision, is_exception: bool| {
            let Decision { image, label } = decision;
            let class = label.label.as_deref().unwrap_or_default();
            let group = label.group.as_deref().unwrap_or_default();
            // A byte that no name holds keeps the words apart.
            let mut line = format!("{}\0{class}\0{}\0{group}", image.content, label.is_excluded);
            if decision.is_of_one() {
                line += &format!("\0{}", image.path);
            }
            (label.changes_training() || is_exception).then_some(line)
        };
        let of_content = move |decisions: &'a [Decision]| {
            let of_all = decisions.first().filter(|decision| !decision.is_of_one());
            let is_exception = of_all.is_some_and(|decision| decision.label.changes_training());
            decisions
                .iter()
                .filter_map(move |decision| line(decision, is_exception))
        };
        self.decisions
            .values()
            .flat_map(move |decisions| of_content(decisions))
    }
}

/// Which of these places each decision about one of several is about, by index: where it lay, else, if all that went from
/// their places came to as many new ones, in their order. They hold the same, so that no more can be known.
fn placed<'a>(decisions: &[Decision], places: &BTreeSet<&'a str>) -> BTreeMap<&'a str, usize> {
    let mut placed = BTreeMap::new();
    let mut moved = Vec::new();
    for (i, decision) in decisions.iter().enumerate().filter(|(_, d)| d.is_of_one()) {
        match places.get(decision.image.path.as_str()) {
            Some(place) => drop(placed.insert(*place, i)),
            None => moved.push(i),
        }
    }
    let known: BTreeSet<&str> = moved.iter().flat_map(|&i| decisions[i].image.places()).collect();
    let gone: Vec<&str> = known.difference(places).copied().collect();
    let is_new = |place: &&'a str| !placed.contains_key(place) && !known.contains(place);
    let new: Vec<&'a str> = places.iter().copied().filter(is_new).collect();
    if gone.len() == new.len() {
        for i in moved {
            let place = gone.iter().position(|place| *place == decisions[i].image.path);
            placed.extend(place.map(|place| (new[place], i)));
        }
    }
    placed
}

/// Keeps the images of each of these groups together, with all that one of them is kept together with already. A group goes
/// by the content that comes first in it, so that the same images give the same group.
pub fn together(overlay: &Overlay, groups: &[Vec<ImageName>]) -> Vec<ImageChange> {
    let mut overlay = overlay.clone();
    let mut step = Vec::new();
    for images in groups {
        let changes = group(&overlay, images);
        changes.iter().for_each(|change| overlay.take(change));
        step.extend(changes);
    }
    step
}

fn group(overlay: &Overlay, images: &[ImageName]) -> Vec<ImageChange> {
    let key = |image: &ImageName| match image.copies.is_empty() {
        true => (image.content.clone(), String::new()),
        false => (image.content.clone(), image.path.clone()),
    };
    let mut members: BTreeMap<(String, String), ImageName> =
        images.iter().map(|image| (key(image), image.clone())).collect();
    let joined: BTreeSet<&str> = (images.iter())
        .filter_map(|image| overlay.label_of(image)?.group.as_deref())
        .collect();
    let of_group = |name: &str| {
        let name = name.to_owned();
        (overlay.all()).filter(move |decision| decision.label.group.as_deref() == Some(&name))
    };
    for Decision { image, .. } in joined.iter().flat_map(|name| of_group(name)) {
        members.entry(key(image)).or_insert_with(|| image.clone());
    }
    let Some(first) = members.values().next() else {
        return Vec::new();
    };
    let mut name: String = first.content.chars().take(8).collect();
    // Other images of the same content may be a group of their own.
    while of_group(&name).any(|decision| !members.contains_key(&key(&decision.image))) {
        name.push('+');
    }
    let change = |image: &ImageName| ImageChange {
        image: image.clone(),
        change: LabelChange::Group(Some(name.clone())),
    };
    members.values().map(change).collect()
}

#[cfg(test)]
mod tests;
