//! UMAP (McInnes, Healy and Melville 2018) with umap-learn's default numbers: 15 neighbours with the image itself, a least
//! distance of 0.1, 500 rounds or 200. Other than at its defaults, distances are of the cosine and not Euclidean, it begins from
//! the features' principal components and not from a spectral layout, and those are not stretched to 0 to 10 along each axis.
//! Written here because what there is in Rust can neither be stopped nor made to give the same picture twice.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use super::feature_map::Nearest;

/// Of the curve by which distances in the picture become weights, for a least distance of 0.1.
const A: f64 = 1.576_943_460_311_307_7;
const B: f64 = 0.895_060_877_991_488_7;
/// Pushed away for each that is drawn near.
const N_PUSHED: usize = 5;
/// No step along an axis is longer.
const LONGEST_STEP: f64 = 4.0;
/// The picture begins as large as this to either side.
const FIRST_SIZE: f32 = 10.0;
/// Smaller folders are settled only after more rounds.
const SMALL: usize = 10_000;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    On,
    Stop,
}

/// How strongly two images are tied to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tie {
    from: u32,
    to: u32,
    weight: f64,
}

/// The images' places; `start` is where they begin. `round` hears of each round out of how many. `None` where it says to stop.
pub fn umap(
    nearest: &Nearest,
    start: &[[f32; 2]],
    seed: u64,
    mut round: impl FnMut(usize, usize) -> Go,
) -> Option<Vec<[f32; 2]>> {
    let n_rounds = if start.len() <= SMALL { 500 } else { 200 };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut places = begin(start, &mut rng);
    let mut pulls = Pulls::new(ties(nearest, start.len()), n_rounds);
    for at in 0..n_rounds {
        if round(at, n_rounds) == Go::Stop {
            return None;
        }
        pulls.round(at, &mut places, 1.0 - at as f64 / n_rounds as f64, &mut rng);
    }
    let narrowed = places.into_iter().map(|place| place.map(|x| x as f32));
    Some(narrowed.collect())
}

/// The largest coordinate becomes 10, with a little noise so that equal images do not stay on each other. umap-learn does the
/// same with principal components, and then brings each axis to 0 to 10: ours begins up to twice as wide, in their shape.
fn begin(start: &[[f32; 2]], rng: &mut ChaCha8Rng) -> Vec<[f64; 2]> {
    let largest = start.iter().flatten().fold(0.0f32, |most, x| most.max(x.abs()));
    let scale = if largest > 0.0 { FIRST_SIZE / largest } else { 1.0 };
    let mut noise = || (f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5) * 3e-4;
    let noisy = |place: &[f32; 2]| place.map(|x| f64::from(x * scale) + noise());
    start.iter().map(noisy).collect()
}

/// Each pair once; the weight is that either is among the other's neighbours, as a fuzzy set.
fn ties(nearest: &Nearest, n: usize) -> Vec<Tie> {
    let mut one_sided: Vec<Tie> = Vec::with_capacity(n * nearest.k);
    for from in 0..n {
        let distances: Vec<f64> = nearest
            .of(from)
            .map(|(_, cosine)| (1.0 - f64::from(cosine)).max(0.0))
            .collect();
        let (least, width) = neighbourhood(&distances);
        for ((to, _), distance) in nearest.of(from).zip(&distances) {
            let beyond = distance - least;
            let weight = if beyond <= 0.0 {
                1.0
            } else {
                (-beyond / width).exp()
            };
            let (from, to) = (from.min(to) as u32, from.max(to) as u32);
            one_sided.push(Tie { from, to, weight });
        }
    }
    one_sided.sort_unstable_by(|a, b| {
        (a.from, a.to)
            .cmp(&(b.from, b.to))
            .then(a.weight.total_cmp(&b.weight))
    });
    let of_a_pair = one_sided.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to));
    let joined = of_a_pair.map(|sides| Tie {
        weight: sides
            .iter()
            .fold(0.0, |sum, side| sum + side.weight - sum * side.weight),
        ..sides[0]
    });
    joined.collect()
}

/// The distance to the nearest that is not in the same place, and how wide the neighbourhood is, so that what lies in it adds
/// up to the logarithm of its number.
fn neighbourhood(distances: &[f64]) -> (f64, f64) {
    let least = distances.iter().copied().find(|d| *d > 0.0).unwrap_or(0.0);
    let wanted = ((distances.len() + 1) as f64).log2();
    let sum = |width: f64| -> f64 {
        let each = distances.iter().map(|d| (d - least).max(0.0));
        each.map(|beyond| {
            if beyond > 0.0 {
                (-beyond / width).exp()
            } else {
                1.0
            }
        })
        .sum()
    };
    let (mut low, mut high, mut width) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..64 {
        let found = sum(width);
        if (found - wanted).abs() < 1e-5 {
            break;
        }
        if found > wanted {
            high = width;
            width = (low + high) / 2.0;
        } else {
            low = width;
            width = if high.is_finite() {
                (low + high) / 2.0
            } else {
                width * 2.0
            };
        }
    }
    // With the image itself.
    let mean = distances.iter().sum::<f64>() / (distances.len() + 1) as f64;
    (least, width.max(1e-3 * mean).max(f64::MIN_POSITIVE))
}

/// When each tie pulls next, and when its image is pushed away from others.
struct Pulls {
    ties: Vec<Tie>,
    /// Rounds from one pull to the next, those of the strongest being one.
    every: Vec<f64>,
    next_pull: Vec<f64>,
    next_push: Vec<f64>,
}

impl Pulls {
    /// Ties that are too weak to pull even once are left out.
    fn new(ties: Vec<Tie>, n_rounds: usize) -> Self {
        let strongest = ties.iter().map(|tie| tie.weight).fold(0.0, f64::max);
        // Both ends are pulled for, each by its own tie.
        let both = ties
            .into_iter()
            .filter(|tie| tie.weight * n_rounds as f64 >= strongest)
            .flat_map(|tie| {
                let back = Tie {
                    from: tie.to,
                    to: tie.from,
                    ..tie
                };
                [tie, back]
            });
        let mut ties: Vec<Tie> = both.collect();
        ties.sort_unstable_by_key(|tie| (tie.from, tie.to));
        let every: Vec<f64> = ties.iter().map(|tie| strongest / tie.weight).collect();
        Pulls {
            next_pull: every.clone(),
            next_push: every.iter().map(|every| every / N_PUSHED as f64).collect(),
            every,
            ties,
        }
    }

    fn round(&mut self, at: usize, places: &mut [[f64; 2]], step: f64, rng: &mut ChaCha8Rng) {
        let (at, n) = (at as f64, places.len() as u64);
        for (i, tie) in self.ties.iter().enumerate() {
            if self.next_pull[i] > at {
                continue;
            }
            let (from, to) = (tie.from as usize, tie.to as usize);
            let [x, y] = moved(places[from], places[to], pull);
            places[from] = [places[from][0] + x * step, places[from][1] + y * step];
            places[to] = [places[to][0] - x * step, places[to][1] - y * step];
            self.next_pull[i] += self.every[i];
            let push_every = self.every[i] / N_PUSHED as f64;
            let n_pushes = ((at - self.next_push[i]) / push_every).floor().max(0.0);
            for _ in 0..n_pushes as usize {
                // A number from 0 to n, by the upper half of a product.
                let other = ((u64::from(rng.next_u32()) * n) >> 32) as usize;
                if other != from {
                    let [x, y] = moved(places[from], places[other], push);
                    places[from] = [places[from][0] + x * step, places[from][1] + y * step];
                }
            }
            self.next_push[i] += n_pushes * push_every;
        }
    }
}

/// Along the line between both, by a force that depends on the squared distance.
fn moved(from: [f64; 2], to: [f64; 2], force: fn(f64) -> f64) -> [f64; 2] {
    let apart = [from[0] - to[0], from[1] - to[1]];
    let force = force(apart[0] * apart[0] + apart[1] * apart[1]);
    apart.map(|x| (force * x).clamp(-LONGEST_STEP, LONGEST_STEP))
}

fn pull(squared: f64) -> f64 {
    if squared <= 0.0 {
        return 0.0;
    }
    let power = squared.powf(B);
    -2.0 * A * B * (power / squared) / (1.0 + A * power)
}

fn push(squared: f64) -> f64 {
    if squared <= 0.0 {
        return 0.0;
    }
    2.0 * B / ((0.001 + squared) * (1.0 + A * squared.powf(B)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// umap-learn 0.5.12: smooth_knn_dist(np.array([[0, .1, .2, .4, .8], [0, 0, 0, .3, .5]], np.float32), 5.0).
    #[test]
    fn a_neighbourhood_is_as_wide_as_umap_learns() {
        let table = [
            ([0.1, 0.2, 0.4, 0.8], 0.1, 0.354_454_04),
            // Copies of the image lie nearer than the nearest other.
            ([0.0, 0.0, 0.3, 0.5], 0.3, 1.6e-4),
        ];
        for (distances, least, width) in table {
            let found = neighbourhood(&distances);
            assert!((found.0 - least).abs() < 1e-9, "{found:?}");
            assert!((found.1 - width).abs() < 1e-5, "{found:?}");
        }
    }

    #[test]
    fn a_pair_is_tied_once_by_either_side() {
        let nearest = Nearest {
            k: 2,
            places: vec![1, 2, 0, 2, 1, 0],
            cosines: vec![0.9, 0.5, 0.9, 0.8, 0.8, 0.5],
        };
        let ties = ties(&nearest, 3);
        let pairs: Vec<_> = ties.iter().map(|tie| (tie.from, tie.to)).collect();
        assert_eq!(pairs, [(0, 1), (0, 2), (1, 2)]);
        // Each is the other's nearest; the third pair is so from one side only.
        assert_eq!((ties[0].weight, ties[2].weight), (1.0, 1.0));
        assert!(ties[1].weight > 0.0 && ties[1].weight < 1.0);
    }

    /// Images in clusters of `size`, whose neighbours are all of their own cluster.
    fn clusters(n: usize, size: usize, k: usize) -> Nearest {
        let of = |i: usize| {
            let first = i / size * size;
            (1..=k).map(move |step| (first + (i - first + step) % size) as u32)
        };
        Nearest {
            k,
            places: (0..n).flat_map(of).collect(),
            cosines: (0..n)
                .flat_map(|_| (1..=k).map(|step| 1.0 - 0.01 * step as f32))
                .collect(),
        }
    }

    #[test]
    fn clusters_come_apart_and_the_seed_decides_all() {
        let nearest = clusters(120, 30, 14);
        let start: Vec<[f32; 2]> = (0..120)
            .map(|i| [(i * 7 % 13) as f32, (i * 5 % 11) as f32])
            .collect();
        let places = umap(&nearest, &start, 1, |_, _| Go::On).unwrap();
        let distance = |a: usize, b: usize| {
            let [x, y] = [0, 1].map(|axis| places[a][axis] - places[b][axis]);
            (x * x + y * y).sqrt()
        };
        // The nearest ten of each in the picture are of its cluster.
        for i in 0..120 {
            let mut others: Vec<usize> = (0..120).filter(|&j| j != i).collect();
            others.sort_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
            let own = others[..10].iter().filter(|&&j| j / 30 == i / 30).count();
            assert!(own >= 9, "{i}: {own}");
        }
        assert_eq!(umap(&nearest, &start, 1, |_, _| Go::On).unwrap(), places);
        assert_ne!(umap(&nearest, &start, 2, |_, _| Go::On).unwrap(), places);
    }

    #[test]
    fn it_stops_at_once_and_bears_what_is_degenerate() {
        let nearest = clusters(60, 30, 5);
        let start = vec![[0.0; 2]; 60];
        let mut rounds = 0;
        let stopped = umap(&nearest, &start, 0, |at, _| {
            rounds += 1;
            if at == 3 { Go::Stop } else { Go::On }
        });
        assert_eq!((stopped, rounds), (None, 4));
        let all_equal = Nearest {
            cosines: vec![1.0; 60 * 5],
            ..nearest
        };
        let places = umap(&all_equal, &start, 0, |_, _| Go::On).unwrap();
        assert!(places.iter().flatten().all(|x| x.is_finite()));
        for n in [0, 1, 2] {
            let k = n.min(1) * usize::from(n > 1);
            let few = Nearest {
                k,
                places: (0..n as u32).filter(|_| k > 0).map(|i| 1 - i).collect(),
                cosines: vec![0.5; n * k],
            };
            assert_eq!(umap(&few, &vec![[0.5; 2]; n], 0, |_, _| Go::On).unwrap().len(), n);
        }
    }
}
