//! Reads a network's named tensors from the files of other programs. The format is recognised by the content, never by the
//! extension. Nothing in a file is executed.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::safetensors_file::read_safetensors;
use super::tensors::{MOST_TENSOR_BYTES, StateDict, TOO_MANY, Unreadable, beginning};
use super::torch_file::{read_legacy, read_zip};
use super::unknown_file::what_it_is;
use crate::error::{Error, Result};

/// Far more than any of these networks, with all that a training keeps beside it: a larger file was given by mistake.
pub(super) const MAX_FILE_BYTES: u64 = 4 << 30;

/// Reads safetensors, or what `torch.save` made of a state_dict or of a checkpoint that holds one (under
/// `state_dict`, `model`, `net` and the like), in its zip or its legacy format.
///
/// # Errors
/// [`Error::File`] that says what the file holds instead, what is missing of it, or which function its pickle wants
/// to call; [`Error::Io`] where it cannot be read.
pub fn read_state_dict(path: &Path) -> Result<StateDict> {
    // Before it is opened: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(Error::io("read", path))?;
    if !metadata.is_file() {
        return Err(Error::file(path, "not a file of weights"));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(Error::file(
            path,
            "larger than 4 GiB, so not the weights of one of these networks",
        ));
    }
    let file = File::open(path).map_err(Error::io("read", path))?;
    match state_dict_from(BufReader::new(file)) {
        Ok(state_dict) => Ok(state_dict),
        Err(Unreadable::Io(source)) => Err(Error::io("read", path)(source)),
        Err(Unreadable::Content(message)) => Err(Error::file(path, message)),
    }
}

fn state_dict_from(mut reader: impl Read + Seek) -> std::result::Result<StateDict, Unreadable> {
    let n_bytes = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    let start = beginning(&mut reader)?;
    reader.rewind()?;
    match start.as_slice() {
        [] => Err("the file is empty".into()),
        [b'P', b'K', 3, 4, ..] => Ok(read_zip(reader, n_bytes)?),
        // PROTO, with which every pickle since protocol 2 begins.
        [0x80, 2..=5, ..] => {
            if n_bytes > MOST_TENSOR_BYTES {
                return Err(TOO_MANY.into());
            }
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes)?;
            Ok(read_legacy(&bytes)?)
        }
        [_, _, _, _, _, _, _, _, b'{', ..] => read_safetensors(&mut reader, n_bytes),
        start => Err(what_it_is(start).into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::path::PathBuf;

    use super::super::tensors::{NamedTensor, TensorData};
    use super::*;

    #[test]
    fn wrappers_are_taken_off_where_all_names_have_them() {
        let names = |names: &[&str]| {
            let tensor = |name: &&str| NamedTensor {
                name: (*name).to_owned(),
                shape: vec![1],
                data: TensorData::F32(vec![0.0]),
            };
            let state = StateDict::new(names.iter().map(tensor).collect());
            state.tensors.into_iter().map(|t| t.name).collect::<Vec<_>>()
        };
        for wrapper in [
            "",
            "module.",
            "_orig_mod.",
            "module._orig_mod.",
            "model.",
            "net.",
            "backbone.",
            "resnet.",
        ] {
            let wrapped = ["conv1.weight", "fc.bias"].map(|name| format!("{wrapper}{name}"));
            let wrapped = wrapped.each_ref().map(String::as_str);
            assert_eq!(names(&wrapped), ["conv1.weight", "fc.bias"], "{wrapper}");
        }
        // A head beside the network is not a wrapper's.
        assert_eq!(
            names(&["model.conv1.weight", "head.bias"]),
            ["model.conv1.weight", "head.bias"]
        );
    }
    use crate::disk::weights::write_safetensors;

    fn fixtures() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights")
    }

    fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(fixtures().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn read(bytes: &[u8]) -> std::result::Result<StateDict, String> {
        state_dict_from(Cursor::new(bytes)).map_err(|e| match e {
            Unreadable::Content(message) => message,
            Unreadable::Io(e) => panic!("{e}"),
        })
    }

    fn sorted(mut state_dict: StateDict) -> Vec<NamedTensor> {
        state_dict.tensors.sort_by(|a, b| a.name.cmp(&b.name));
        state_dict.tensors
    }

    #[test]
    fn torch_files_hold_what_python_reads_from_them() {
        for name in [
            "state_dict",
            "parameters",
            "views",
            "dtypes",
            "checkpoint",
            "nested",
        ] {
            let expected = sorted(read(&fixture(&format!("{name}.safetensors"))).unwrap());
            for format in ["zip", "legacy"] {
                let file = format!("{name}.{format}.pth");
                let found = sorted(read_state_dict(&fixtures().join(&file)).unwrap());
                assert_eq!(found, expected, "{file}");
            }
        }
    }

    /// See `make_weights.py`: such a name misleads the zip crate when it may guess where the archive begins.
    #[test]
    fn the_length_of_a_name_does_not_matter() {
        let expected = sorted(read(&fixture("state_dict.safetensors")).unwrap());
        assert_eq!(
            sorted(read(&fixture("twenty-one_characters.pth")).unwrap()),
            expected
        );
    }

    #[test]
    fn tensors_keep_the_order_and_shape_of_the_file() {
        let state_dict = read(&fixture("state_dict.zip.pth")).unwrap();
        let names: Vec<&str> = state_dict.tensors.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names[..3], ["0.weight", "0.bias", "1.weight"]);
        assert_eq!(state_dict.get("0.weight").unwrap().shape, [3, 2, 3, 3]);
        let counter = state_dict.get("1.num_batches_tracked").unwrap();
        assert_eq!(
            (counter.shape.as_slice(), &counter.data),
            (&[][..], &TensorData::I64(vec![7]))
        );
    }

    /// The command in these pickles is `touch counterweight-ran-a-pickle`.
    #[test]
    fn a_pickle_that_calls_a_program_is_refused_and_runs_nothing() {
        for file in [
            "evil.zip.pth",
            "evil.legacy.pth",
            "evil.protocol0.pkl",
            "evil.protocol2.pkl",
            "evil.protocol4.pkl",
        ] {
            let message = read(&fixture(file)).unwrap_err();
            assert!(
                message.contains("wants to call os.system") && message.contains("nothing was run"),
                "{message}"
            );
        }
        assert!(!Path::new("counterweight-ran-a-pickle").exists());
    }

    #[test]
    fn a_file_that_is_no_state_dict_says_what_it_is() {
        let cases: &[(&[u8], &str)] = &[
            (b"", "the file is empty"),
            (
                b"hello, these are my weights\n",
                "a text file (it begins with “hello, these",
            ),
            (b"class_weights\n1 8\n.", "a text file"),
            (
                "gewöhnlicher Text, länger als acht Bytes".as_bytes(),
                "a text file",
            ),
            (
                b"\n<!DOCTYPE html><html><body>Not found</body></html>",
                "a web page",
            ),
            (
                b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
                "a web page",
            ),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
                "git lfs pull",
            ),
            (b"\x1f\x8b\x08\x00 and so on", "gzip"),
            (b"\x88\x03\x00", "truncated: it has only 3 bytes"),
            (&[0; 100], "damaged at its beginning"),
            (b"\x80\x04\x95\x00", "truncated"),
            (b"\x80\x04K\x05.", "none that torch.save wrote"),
            (b"PK\x03\x04 and no directory", "truncated"),
            (&fixture("torchscript.pt"), "TorchScript"),
            (
                &fixture("whole_model.zip.pth"),
                "wants to call torch.nn.modules.container.Sequential",
            ),
            (&fixture("bool.zip.pth"), "tensor `flags`: is of type BoolStorage"),
        ];
        for (bytes, expected) in cases {
            let message = read(bytes).unwrap_err();
            assert!(
                message.contains(expected),
                "{message:?} does not say {expected:?}"
            );
        }
    }

    /// A sparse file of gigabytes: it takes no room on the disk, but would in memory.
    #[test]
    fn what_is_far_too_large_is_refused_by_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |start: &[u8], n_bytes: u64| {
            let path = folder.path().join("w");
            std::fs::write(&path, start).unwrap();
            File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_len(n_bytes)
                .unwrap();
            let began = std::time::Instant::now();
            let message = read_state_dict(&path).unwrap_err().to_string();
            assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
            message
        };
        let with_header = |header: &str| [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
        let tensor = r#"{"w":{"dtype":"F32","shape":[536870912],"data_offsets":[0,2147483648]}}"#;
        let header = with_header(tensor);
        let message = refused(&header, header.len() as u64 + (2 << 30));
        assert!(message.contains("more than 1 GiB of numbers"), "{message}");
        // Bytes whose numbers would take up eight times as much.
        let tensor = tensor.replace("F32", "I8").replace("536870912", "536870912,4");
        let header = with_header(&tensor);
        let message = refused(&header, header.len() as u64 + (2 << 30));
        assert!(message.contains("more than 1 GiB of numbers"), "{message}");
        let mut long = (90_u64 << 20).to_le_bytes().to_vec();
        long.push(b'{');
        for (start, said) in [
            (long.as_slice(), "not a file of weights"),
            (&fixture("state_dict.legacy.pth"), "more than 1 GiB of numbers"),
            (b"", "not a file of weights"),
        ] {
            let message = refused(start, 3 << 30);
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn a_truncated_file_says_how_long_it_should_be() {
        for (file, expected) in [
            ("state_dict.safetensors", "it has 900 bytes and should have 956"),
            ("state_dict.legacy.pth", "bytes and should have 1684"),
        ] {
            let whole = fixture(file);
            let cut = if file.ends_with("pth") {
                whole.len() - 1
            } else {
                900
            };
            let message = read(&whole[..cut]).unwrap_err();
            assert!(
                message.contains("truncated") && message.contains(expected),
                "{message}"
            );
        }
        let header_only = read(&fixture("state_dict.safetensors")[..100]).unwrap_err();
        assert!(
            header_only.contains("truncated: it has 100 bytes, its header alone"),
            "{header_only}"
        );
    }

    #[test]
    fn what_is_written_is_read_again_and_does_not_depend_on_the_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut state_dict = read(&fixture("state_dict.zip.pth")).unwrap();
        let (one, other) = (folder.path().join("a.safetensors"), folder.path().join("b"));
        write_safetensors(&one, &state_dict.tensors).unwrap();
        assert_eq!(sorted(read_state_dict(&one).unwrap()), sorted(state_dict.clone()));
        state_dict.tensors.reverse();
        write_safetensors(&other, &state_dict.tensors).unwrap();
        let bytes = std::fs::read(&one).unwrap();
        assert_eq!(bytes, std::fs::read(&other).unwrap());
        assert_eq!(
            bytes,
            fixture("state_dict.safetensors"),
            "what Python's safetensors writes"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(write_safetensors(&folder.path().join("no/such/folder"), &state_dict.tensors).is_err());
    }

    #[test]
    fn a_folder_is_no_file_of_weights() {
        assert!(
            read_state_dict(&fixtures())
                .unwrap_err()
                .to_string()
                .contains("not a file")
        );
        assert!(matches!(
            read_state_dict(Path::new("no-such.pth")),
            Err(Error::Io { .. })
        ));
    }

    /// Hostile and damaged files end in an error, or in other numbers, but never in a panic.
    #[test]
    fn no_damage_makes_the_reader_panic() {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        };
        for entry in std::fs::read_dir(fixtures()).unwrap() {
            let path = entry.unwrap().path();
            let whole = std::fs::read(&path).unwrap();
            for n in 0..whole.len() {
                assert!(read(&whole[..n]).is_err(), "{} cut at {n}", path.display());
            }
            for _ in 0..100 {
                let mut damaged = whole.clone();
                for _ in 0..=next(3) {
                    let at = next(damaged.len());
                    damaged[at] = next(256) as u8;
                }
                drop(read(&damaged));
            }
        }
        assert!(!Path::new("counterweight-ran-a-pickle").exists());
    }
}
