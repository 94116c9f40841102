//! The registry of backbones. A new one is one entry in [`BACKBONES`] (and, for a new family of networks, a way to
//! run it in `engine/backbone/`). Names of parameters are torchvision's throughout.

/// How a network is built, in torchvision's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Two 3x3 convolutions a block; `blocks` per stage (He et al. 2016, table 1).
    BasicResNet { blocks: [usize; 4] },
    /// 1x1, 3x3, 1x1 a block, four times wider at its end; the stride sits on the 3x3, as in torchvision.
    BottleneckResNet { blocks: [usize; 4] },
    /// SqueezeNet 1.0 (Iandola et al. 2016).
    SqueezeNet1_0,
}

/// Where the weights that `pretrained=True` means are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// File name at torchvision; its last part is the beginning of the file's SHA-256.
    pub torchvision: &'static str,
    /// Repository on the Hugging Face Hub that holds the same weights as `model.safetensors`.
    pub hub: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backbone {
    /// torchvision's function name, also the command line's.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    pub family: Family,
    /// Length of the pooled last feature map.
    pub n_features: usize,
    /// Parameter prefix of the layer that the new head replaces.
    pub head: &'static str,
    /// One line of Python that puts the new head into torchvision's model, for `load_state_dict(strict=True)`.
    pub head_in_python: &'static str,
    pub published: Published,
}

/// Every backbone there is, in the order a form lists them.
pub const BACKBONES: &[Backbone] = &[
    Backbone {
        name: "resnet18",
        title: "ResNet-18",
        family: Family::BasicResNet { blocks: [2, 2, 2, 2] },
        n_features: 512,
        head: "fc",
        head_in_python: "model.fc = torch.nn.Linear(512, n_classes)",
        published: Published {
            torchvision: "resnet18-f37072fd.pth",
            hub: Some("timm/resnet18.tv_in1k"),
        },
    },
    Backbone {
        name: "resnet34",
        title: "ResNet-34",
        family: Family::BasicResNet { blocks: [3, 4, 6, 3] },
        n_features: 512,
        head: "fc",
        head_in_python: "model.fc = torch.nn.Linear(512, n_classes)",
        published: Published {
            torchvision: "resnet34-b627a593.pth",
            hub: Some("timm/resnet34.tv_in1k"),
        },
    },
    Backbone {
        name: "resnet50",
        title: "ResNet-50",
        family: Family::BottleneckResNet { blocks: [3, 4, 6, 3] },
        n_features: 2048,
        head: "fc",
        head_in_python: "model.fc = torch.nn.Linear(2048, n_classes)",
        published: Published {
            torchvision: "resnet50-0676ba61.pth",
            hub: Some("timm/resnet50.tv_in1k"),
        },
    },
    Backbone {
        name: "squeezenet1_0",
        title: "SqueezeNet 1.0",
        family: Family::SqueezeNet1_0,
        n_features: 512,
        head: "classifier.2",
        head_in_python: "model.classifier = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), \
                         torch.nn.Linear(512, n_classes))",
        published: Published {
            torchvision: "squeezenet1_0-b66bff10.pth",
            hub: None,
        },
    },
];

/// The registry's entry of that name.
pub fn backbone(name: &str) -> Option<&'static Backbone> {
    BACKBONES.iter().find(|b| b.name == name)
}
