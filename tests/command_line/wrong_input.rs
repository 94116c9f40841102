//! Wrong input: each with its message and exit code; and images that cannot be read.

use std::fs;

use serde_json::Value;

use super::world::{World, json, stderr};

/// Arguments of `train`, what the message must hold, and the exit code.
type Wrong<'a> = (&'a [&'a str], &'a [&'a str], i32);

#[test]
fn wrong_input_is_named_with_what_to_do() {
    let world = World::new();
    world.class("one/only", 4, 10);
    world.class("empty/full", 4, 10);
    fs::create_dir_all(world.at("empty/void")).unwrap();
    world.class("single/many", 6, 10);
    world.class("single/lone", 1, 90);
    world.file("broken/a/1.png", b"\x89PNG\r\n\x1a\n");
    world.file("broken/b/1.jpg", b"no image");
    fs::create_dir_all(world.at("hollow")).unwrap();
    world.file("file.txt", b"text");
    world.file("text.safetensors", b"this is a text file, not weights");
    world.file("runs-file", b"");
    world.weights_with_a_nan("nan.safetensors");
    let wrong: &[Wrong] = &[
        (&["--data", "nowhere"], &["nowhere: there is no such folder"], 2),
        (&["--data", "file.txt"], &["file.txt"], 2),
        (&["--data", "hollow"], &["hollow", "one sub-folder"], 2),
        (&["--data", "one"], &["one class only (only)"], 2),
        (&["--data", "empty"], &["void"], 2),
        (&["--data", "single"], &["lone"], 2),
        (&["--data", "broken"], &["broken"], 2),
        (
            &["--weights", "random"],
            &["random: there is no such file", "none (random)"],
            2,
        ),
        (&["--weights", "text.safetensors"], &["text.safetensors"], 2),
        (
            &["--weights", "imagenet"],
            &["resnet18-f37072fd.pth", "--weights FILE"],
            2,
        ),
        (
            &["--class-weights", "1,2,3"],
            &["3 class weights for 2 classes (dark, light)"],
            2,
        ),
        (&["--class-weights", "1,-1"], &["-1 is not a number from 0 up"], 2),
        (
            &["--class-weights", "1,NaN"],
            &["NaN is not a number from 0 up"],
            2,
        ),
        (&["--class-weights", "dark=1"], &["class light has no weight"], 2),
        (&["--lr", "0"], &["learning rate 0 must be from 1e-9 to 100"], 2),
        (&["--lr", "NaN"], &["learning rate NaN"], 2),
        (
            &["--weights", "nan.safetensors"],
            &["NaN (the training diverged", "or other weights"],
            1,
        ),
        (&["--batch", "0"], &["batch must be at least 1"], 2),
        (&["--epochs", "0"], &["epochs must be at least 1"], 2),
        (&["--arch", "vgg16"], &["\"vgg16\" is not known", "resnet18"], 2),
        (&["--device", "cuda:99"], &["cuda:99 is not there"], 2),
        (&["--split", "groups"], &["CSV file (path,group)"], 2),
        (&["--split", "folders"], &["data"], 2),
        (&["--runs", "runs-file"], &["runs-file"], 2),
        (&["--config", "file.txt"], &["file.txt: is not a run's config"], 2),
        (&["--train-share", "1"], &["train share 1 must be"], 2),
    ];
    for (arguments, words, code) in wrong {
        let output = world.train(arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {message}");
        let errors: Vec<&str> = message
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        assert_eq!(
            errors.len(),
            1,
            "{arguments:?}: one line tells the error: {message}"
        );
        for word in *words {
            assert!(
                errors[0].contains(word),
                "{arguments:?}: {word:?} is not in {message}"
            );
        }
    }
    let runs = fs::read_dir(world.runs()).map_or(0, Iterator::count);
    assert_eq!(runs, 1, "only the training on a NaN began a run");
}

#[test]
fn a_scan_tells_classes_and_issues() {
    let world = World::new();
    world.file("data/dark/torn.png", b"\x89PNG\r\n\x1a\n");
    let output = world.run(&["scan", "data", "--json"]);
    let progress: Value = serde_json::from_str(stderr(&output).lines().next().unwrap()).unwrap();
    assert_eq!(
        (&progress["event"], &progress["phase"]),
        (&"progress".into(), &"scan".into())
    );
    let found = json(&output);
    assert_eq!(found["images"], 20);
    assert_eq!(
        found["classes"][1],
        serde_json::json!({"name": "light", "images": 8})
    );
    assert_eq!(found["issues"][0]["path"], "dark/torn.png");
    assert_eq!(found["groups"], Value::Null);
    world.file("data/groups.csv", b"path,group\n");
    assert_eq!(
        json(&world.run(&["scan", "data", "--json"]))["groups"],
        "data/groups.csv"
    );
    assert_eq!(world.run(&["scan", "nowhere"]).status.code(), Some(2));
}

/// A file that looks whole from outside and is torn inside, twice.
#[test]
fn images_that_are_left_out_are_named_to_people() {
    let world = World::new();
    let mut image = fs::read(world.at("data/dark/00.png")).unwrap();
    let middle = image.len() / 2;
    image[middle..middle + 8].fill(0xff);
    for copy in ["torn.png", "copy.png"] {
        world.file(&format!("more/dark/{copy}"), &image);
    }
    world.class("more/dark", 3, 10);
    world.class("more/light", 3, 90);
    let output = world.train(&["--json"]);
    let run = json(&output)["dir"].as_str().unwrap().to_owned();
    let output = world.run(&["evaluate", &run, "--data", "more"]);
    assert!(output.status.success(), "{}", stderr(&output));
    for name in ["torn.png", "copy.png"] {
        assert!(stderr(&output).contains(name), "{name}: {}", stderr(&output));
    }
}

/// A config may ask for one without the user's knowing.
#[test]
fn a_download_is_told_and_what_is_no_weights_is_refused() {
    use std::io::{BufRead, BufReader, Write};
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(connection.try_clone().unwrap()).lines();
            lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .for_each(drop);
            let _ = connection
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1500000\r\nConnection: close\r\n\r\n");
            let _ = connection.write_all(&vec![b'x'; 1_500_000]);
        }
    };
    // Ends with the program.
    let server = std::thread::Builder::new().name("loopback-server".into());
    server.spawn(serve).unwrap();
    world.file(
        "config.json",
        b"{\"data\": \"data\", \"weights\": \"imagenet\", \"image_size\": 32}",
    );
    let output = world
        .command(&["train", "--config", "config.json"])
        .env_remove("HF_HUB_OFFLINE")
        .env("HF_ENDPOINT", &address)
        .env("COUNTERWEIGHT_TORCHVISION_URL", &address)
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(
        said.matches("downloading ImageNet weights, 1.5 MB\n").count(),
        1,
        "{said}"
    );
    assert!(said.contains("sends a wrong file"), "{said}");
    assert_eq!(output.status.code(), Some(2), "{said}");
}
