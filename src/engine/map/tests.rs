//! A small folder laid out by a random network.

use std::cell::RefCell;
use std::sync::Arc;

use super::map_features;
use crate::disk::scan;
use crate::engine::tests::World;
use crate::error::Error;
use crate::jobs::progress::Reporter;
use crate::map::FeatureMap;
use crate::protocol::{Cancel, Event, MapEvent, MapFeatures};

/// What is answered, and the maps that were told before.
fn ask(
    world: &World,
    request: &MapFeatures,
    cancel: &Cancel,
) -> (Result<FeatureMap, Error>, Vec<FeatureMap>) {
    let begun = RefCell::new(Vec::new());
    let tell = |event: Event| {
        if let Event::Map(MapEvent::Begun(map)) = event {
            begun.borrow_mut().push(*map);
        }
    };
    let mut progress = Reporter::new(cancel.clone(), &tell);
    let answer = map_features(request, &world.store, &mut progress, &tell).map(|map| *map);
    (answer, begun.into_inner())
}

fn request(world: &World) -> MapFeatures {
    let dataset = scan(&world.data().into(), &Cancel::new(), &mut |_| ()).unwrap();
    MapFeatures {
        dataset: Arc::new(dataset),
        config: Box::new(world.config()),
    }
}

#[test]
fn a_folder_is_laid_out_once_with_its_components_first() {
    let world = World::new();
    // The same picture under another name, and a file that is none.
    std::fs::copy(
        world.data().join("dark/00.png"),
        world.data().join("light/zz.png"),
    )
    .unwrap();
    let request = request(&world);
    std::fs::write(world.data().join("dark/01.png"), "no picture").unwrap();
    let (first, begun) = ask(&world, &request, &Cancel::new());
    let first = first.unwrap();
    assert!(first.is_whole());
    assert_eq!(first.images.len(), request.dataset.images.len() - 1);
    assert_eq!(begun.len(), 1);
    assert_eq!((&begun[0].pca, begun[0].umap.len()), (&first.pca, 0));
    let place = |name: &str| {
        let image = request.dataset.images.iter().position(|image| image.path == name);
        first.place_of(image.unwrap())
    };
    assert_eq!(place("dark/01.png"), None);
    let (one, copy) = (place("dark/00.png").unwrap(), place("light/zz.png").unwrap());
    let (nearest, cosine) = first.nearest.of(one).next().unwrap();
    assert_eq!(nearest, copy);
    assert!(cosine > 0.99999);
    // From what is kept, at once; and anew, the same again.
    let (again, begun) = ask(&world, &request, &Cancel::new());
    assert!(again.unwrap() == first && begun.is_empty());
    std::fs::remove_dir_all(world.home.path().join("maps")).unwrap();
    let (anew, begun) = ask(&world, &request, &Cancel::new());
    assert!(anew.unwrap() == first && begun.len() == 1);
}

#[test]
fn a_stop_leaves_no_map_behind() {
    let world = World::new();
    let request = request(&world);
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let tell = move |event: Event| {
        if matches!(event, Event::Map(MapEvent::Begun(_))) {
            stop.cancel();
        }
    };
    let mut progress = Reporter::new(cancel, &tell);
    let stopped = map_features(&request, &world.store, &mut progress, &tell);
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    assert!(!world.home.path().join("maps").exists());
}
