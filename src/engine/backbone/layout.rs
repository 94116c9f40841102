//! What each family of networks is made of, with torchvision's parameter names. Pure description, no tensors.

use crate::experiment::Family;

/// A square convolution, and the BatchNorm after it where there is one; without one it has a bias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv {
    pub name: String,
    pub norm: Option<String>,
    pub n_in: i64,
    pub n_out: i64,
    pub kernel: i64,
    pub stride: i64,
    pub padding: i64,
}

/// A piece of a network; pieces run one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage<C> {
    /// Convolution, then ReLU.
    Conv(C),
    /// 3x3 maximum, stride 2.
    MaxPool { padding: i64, ceil: bool },
    /// Convolutions with ReLU between them, plus the shortcut, then ReLU.
    Residual { convs: Vec<C>, shortcut: Option<C> },
    /// Squeeze, then two convolutions of its result side by side, each with ReLU.
    Fire { squeeze: C, expand: [C; 2] },
}

impl<C> Stage<C> {
    pub fn convs(&self) -> Vec<&C> {
        match self {
            Stage::Conv(conv) => vec![conv],
            Stage::MaxPool { .. } => vec![],
            Stage::Residual { convs, shortcut } => convs.iter().chain(shortcut).collect(),
            Stage::Fire { squeeze, expand } => std::iter::once(squeeze).chain(expand).collect(),
        }
    }

    /// The same stage with each convolution replaced.
    ///
    /// # Errors
    /// The first of `f`'s.
    pub fn try_map<D, E>(self, mut f: impl FnMut(C) -> Result<D, E>) -> Result<Stage<D>, E> {
        Ok(match self {
            Stage::Conv(conv) => Stage::Conv(f(conv)?),
            Stage::MaxPool { padding, ceil } => Stage::MaxPool { padding, ceil },
            Stage::Residual { convs, shortcut } => Stage::Residual {
                convs: convs.into_iter().map(&mut f).collect::<Result<_, _>>()?,
                shortcut: shortcut.map(f).transpose()?,
            },
            Stage::Fire {
                squeeze,
                expand: [left, right],
            } => Stage::Fire {
                squeeze: f(squeeze)?,
                expand: [f(left)?, f(right)?],
            },
        })
    }
}

/// The stages of a network up to its last feature map.
pub fn stages(family: Family) -> Vec<Stage<Conv>> {
    match family {
        Family::BasicResNet { blocks } => resnet(blocks, 1, basic_convs),
        Family::BottleneckResNet { blocks } => resnet(blocks, 4, bottleneck_convs),
        Family::SqueezeNet1_0 => squeezenet(),
    }
}

/// One residual block's place and size.
struct Block {
    name: String,
    n_in: i64,
    width: i64,
    stride: i64,
}

fn resnet(blocks: [usize; 4], expansion: i64, convs: fn(&Block) -> Vec<Conv>) -> Vec<Stage<Conv>> {
    let mut stages = vec![
        Stage::Conv(conv("conv1", Some("bn1"), 3, 64, 7, 2)),
        pool(1, false),
    ];
    let mut n_in = 64;
    for (layer, &n_blocks) in blocks.iter().enumerate() {
        let width = 64 << layer;
        for i in 0..n_blocks {
            let block = Block {
                name: format!("layer{}.{i}", layer + 1),
                n_in,
                width,
                stride: if i == 0 && layer > 0 { 2 } else { 1 },
            };
            let n_out = width * expansion;
            let shortcut = (block.stride != 1 || n_in != n_out).then(|| {
                let name = |part: usize| format!("{}.downsample.{part}", block.name);
                conv(&name(0), Some(&name(1)), n_in, n_out, 1, block.stride)
            });
            stages.push(Stage::Residual {
                convs: convs(&block),
                shortcut,
            });
            n_in = n_out;
        }
    }
    stages
}

fn basic_convs(b: &Block) -> Vec<Conv> {
    vec![
        block_conv(b, 1, b.n_in, b.width, 3, b.stride),
        block_conv(b, 2, b.width, b.width, 3, 1),
    ]
}

fn bottleneck_convs(b: &Block) -> Vec<Conv> {
    vec![
        block_conv(b, 1, b.n_in, b.width, 1, 1),
        block_conv(b, 2, b.width, b.width, 3, b.stride),
        block_conv(b, 3, b.width, b.width * 4, 1, 1),
    ]
}

fn block_conv(block: &Block, i: usize, n_in: i64, n_out: i64, kernel: i64, stride: i64) -> Conv {
    let name = &block.name;
    conv(
        &format!("{name}.conv{i}"),
        Some(&format!("{name}.bn{i}")),
        n_in,
        n_out,
        kernel,
        stride,
    )
}

/// A convolution padded to keep the size at stride 1.
fn conv(name: &str, norm: Option<&str>, n_in: i64, n_out: i64, kernel: i64, stride: i64) -> Conv {
    Conv {
        name: name.into(),
        norm: norm.map(Into::into),
        n_in,
        n_out,
        kernel,
        stride,
        padding: kernel / 2,
    }
}

fn pool(padding: i64, ceil: bool) -> Stage<Conv> {
    Stage::MaxPool { padding, ceil }
}

/// torchvision's `squeezenet1_0().features`: the number in a name is the place in that sequence.
fn squeezenet() -> Vec<Stage<Conv>> {
    let stem = Conv {
        padding: 0,
        ..conv("features.0", None, 3, 96, 7, 2)
    };
    let mut stages = vec![Stage::Conv(stem), pool(0, true)];
    let fires = [
        (3, 96, 16, 64),
        (4, 128, 16, 64),
        (5, 128, 32, 128),
        (7, 256, 32, 128),
        (8, 256, 48, 192),
        (9, 384, 48, 192),
        (10, 384, 64, 256),
        (12, 512, 64, 256),
    ];
    for (place, n_in, n_squeezed, n_expanded) in fires {
        if place == 7 || place == 12 {
            stages.push(pool(0, true));
        }
        let name = |part: &str| format!("features.{place}.{part}");
        stages.push(Stage::Fire {
            squeeze: conv(&name("squeeze"), None, n_in, n_squeezed, 1, 1),
            expand: [
                conv(&name("expand1x1"), None, n_squeezed, n_expanded, 1, 1),
                conv(&name("expand3x3"), None, n_squeezed, n_expanded, 3, 1),
            ],
        });
    }
    stages
}
