//! What the tests run the program in.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use counterweight::disk::weights::{TensorData, write_safetensors};
use counterweight::engine::backbone::Parameters;
use counterweight::experiment::backbone;
use serde_json::Value;

/// A folder with an image folder of two classes in it: 12 dark images, 8 light ones, 32 pixels each.
pub struct World {
    pub home: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        let world = World {
            home: tempfile::tempdir().unwrap(),
        };
        world.class("data/dark", 12, 40);
        world.class("data/light", 8, 200);
        world
    }

    /// Where the program keeps runs by itself.
    pub fn runs(&self) -> PathBuf {
        self.at("user/counterweight/runs")
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn class(&self, name: &str, n_images: u8, brightness: u8) {
        fs::create_dir_all(self.at(name)).unwrap();
        for i in 0..n_images {
            let image = image::RgbImage::from_fn(32, 32, |x, y| {
                image::Rgb([brightness + i, (x * 3 + y) as u8, brightness])
            });
            image.save(self.at(name).join(format!("{i:02}.png"))).unwrap();
        }
    }

    pub fn file(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), bytes).unwrap();
    }

    pub fn copy_folder(&self, from: &str, to: &str) {
        fs::create_dir_all(self.at(to)).unwrap();
        for entry in fs::read_dir(self.at(from)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let (from, to) = (format!("{from}/{name}"), format!("{to}/{name}"));
            match self.at(&from).is_dir() {
                true => self.copy_folder(&from, &to),
                false => drop(fs::copy(self.at(&from), self.at(&to)).unwrap()),
            }
        }
    }

    /// A ResNet-18 that fits, with one weight that is not a number.
    pub fn weights_with_a_nan(&self, name: &str) {
        let backbone = backbone("resnet18").unwrap();
        let mut state = Parameters::random(backbone, 0, tch::Device::Cpu)
            .unwrap()
            .to_state_dict(0)
            .unwrap();
        if let TensorData::F32(values) = &mut state.tensors[0].data {
            values[0] = f32::NAN;
        }
        write_safetensors(&self.at(name), &state.tensors).unwrap();
    }

    /// Runs the program in this world.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterweight"));
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env("HF_HUB_OFFLINE", "1")
            .env("TORCH_HOME", self.at("torch"))
            .env("HF_HOME", self.at("hub"))
            .env("XDG_DATA_HOME", self.at("user"))
            .env("COUNTERWEIGHT_FEATURES", self.at("features"));
        command
    }

    pub fn train(&self, more: &[&str]) -> Output {
        let quick = [
            "train",
            "--weights",
            "none",
            "--image-size",
            "32",
            "--precision",
            "f32",
            "--epochs",
            "1",
        ];
        let mut arguments = quick.to_vec();
        if !["--data", "--labels", "--config"]
            .iter()
            .any(|given| more.contains(given))
        {
            arguments.extend(["--data", "data"]);
        }
        // A flag may be given once; the quick ones give way.
        for flag in more.iter().filter(|word| word.starts_with("--")) {
            if let Some(place) = arguments.iter().position(|word| word == flag) {
                arguments.drain(place..place + 2);
            }
        }
        arguments.extend(more);
        self.run(&arguments)
    }
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(output)))
}
