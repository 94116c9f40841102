//! What goes through the pipes: one MessagePack value after the other. Unlike JSON it holds a loss that is not a number.

use std::io::{BufRead, Error, ErrorKind, Result, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::protocol::{Command, Event};

/// Both ends must be built of the same sources: nothing here is made for messages of another version.
pub const REVISION: &str = env!("COUNTERWEIGHT_REVISION");

#[derive(Debug, Serialize, Deserialize)]
pub enum ToEngine {
    Job {
        id: u64,
        command: Command,
    },
    Cancel {
        id: u64,
    },
    /// Nothing more comes: end when the jobs have ended. Where the pipe ends without it, the front end has died, and
    /// nobody waits for them.
    Close,
}

#[derive(Debug, Serialize, Deserialize)]
pub enum FromEngine {
    /// The first one.
    Hello {
        revision: String,
    },
    Event {
        id: u64,
        event: Event,
    },
    /// A line of its log.
    Log {
        line: String,
    },
    /// It cannot serve, and ends.
    Unable {
        reason: String,
    },
}

/// Writes a message; the caller flushes. What cannot be sent (`InvalidData`), such as a path that is not UTF-8, leaves
/// nothing in the pipe.
///
/// # Errors
/// The message cannot be sent, as above; what the pipe says.
pub fn write(pipe: &mut impl Write, message: &impl Serialize) -> Result<()> {
    pipe.write_all(&rmp_serde::to_vec_named(message).map_err(broken)?)
}

/// The next message; `None` where the pipe has ended.
///
/// # Errors
/// What the pipe says; what comes is cut off or no such message (`InvalidData`).
pub fn read<T: DeserializeOwned>(pipe: &mut impl BufRead) -> Result<Option<T>> {
    loop {
        match pipe.fill_buf() {
            Ok([]) => return Ok(None),
            Ok(_) => break,
            // A signal that was handled elsewhere.
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    rmp_serde::decode::from_read(pipe).map(Some).map_err(broken)
}

fn broken(reason: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::experiment::{ClassWeights, Config, Dataset, Predictions, RunEvent, Steps};
    use crate::protocol::{
        CacheCommand, CountSplit, DatasetCommand, DatasetEvent, FileContent, FitEvent, JudgeEvent, ListCache,
        LiveCommand, Picture, Predict, Predicted, Prediction, RunsCommand, Scan, Thumbnail, TryWeights,
        WriteFile,
    };

    /// Through a pipe and back; compared as they are printed, since no number equals none.
    fn same<T: Serialize + DeserializeOwned + std::fmt::Debug>(messages: &[T]) {
        let mut pipe = Vec::new();
        for message in messages {
            write(&mut pipe, message).unwrap();
        }
        let mut pipe = pipe.as_slice();
        for message in messages {
            let back: T = read(&mut pipe).unwrap().unwrap();
            assert_eq!(format!("{back:?}"), format!("{message:?}"));
        }
        assert!(read::<T>(&mut pipe).unwrap().is_none());
    }

    #[test]
    #[cfg(unix)]
    fn names_of_files_come_through_whatever_their_bytes() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"caf\xe9/1.png".to_vec()));
        let predicted = Prediction {
            path: path.clone(),
            probabilities: Ok(vec![0.25, 0.75]),
            predicted: Some(1),
        };
        same(&[JudgeEvent::Predicted(Predicted {
            classes: vec!["a".into(), "b".into()],
            images: vec![predicted],
            ..Predicted::default()
        })]);
        same(&[Predict {
            run_dir: "runs/1".into(),
            paths: vec![path.clone(), "plain".into()],
        }]);
        let predictions = Predictions::new(Arc::from([path]), 2, vec![1], vec![0.25, 0.75]);
        same(&[predictions.unwrap()]);
    }

    #[test]
    fn messages_come_through_as_they_are() {
        let config = Config {
            class_weights: ClassWeights::Given(vec![1.0, 1.0 / 3.0]),
            lr: 1e-3,
            ..Config::demo("/a b/é".into())
        };
        let picture = Picture {
            size: [2, 1],
            rgb: vec![0, 127, 128, 255, 1, 200],
        };
        let dataset = Arc::new(Dataset::default());
        let write = Command::Runs(RunsCommand::WriteFile(WriteFile {
            path: "x.png".into(),
            content: FileContent::Picture(Arc::new(picture.clone())),
        }));
        let count = Command::Dataset(DatasetCommand::CountSplit(CountSplit {
            dataset,
            config: Box::new(config.clone()),
        }));
        let commands = [
            Command::Live(LiveCommand::TryWeights(TryWeights {
                config: Box::new(config),
            })),
            write,
            count,
            Command::Cache(CacheCommand::ListCache(ListCache)),
        ];
        let jobs = commands.into_iter().zip(1..);
        let mut to_engine: Vec<ToEngine> = jobs.map(|(command, id)| ToEngine::Job { id, command }).collect();
        to_engine.extend([ToEngine::Cancel { id: u64::MAX }, ToEngine::Close]);
        same(&to_engine);

        let steps = Steps {
            epoch: 2,
            first: 1,
            losses: vec![0.1, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE],
            elapsed_secs: 1.0 / 3.0,
        };
        let thumbnails = [Ok(picture), Err("the file is cut off".to_owned())].map(|picture| {
            Event::Dataset(DatasetEvent::Thumbnail(Thumbnail {
                path: PathBuf::from("REAL/1.jpg"),
                picture,
            }))
        });
        let mut events = vec![Event::Fit(FitEvent::Run(RunEvent::Steps(steps))), Event::Done];
        events.extend(thumbnails);
        let revision = REVISION.to_owned();
        let mut from_engine = vec![FromEngine::Hello { revision }];
        from_engine.extend(events.into_iter().map(|event| FromEngine::Event { id: 3, event }));
        same(&from_engine);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_refused_and_leaves_the_pipe_as_it_was() {
        use std::os::unix::ffi::OsStrExt;
        let dir: &std::path::Path = std::ffi::OsStr::from_bytes(b"/a/\xff").as_ref();
        let source = dir.into();
        let (id, command) = (1, Command::Dataset(DatasetCommand::Scan(Scan { source })));
        let mut pipe = Vec::new();
        let refused = write(&mut pipe, &ToEngine::Job { id, command }).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
        assert!(refused.to_string().contains("UTF-8"), "{refused}");
        assert!(pipe.is_empty());
    }

    #[test]
    fn a_read_that_a_signal_interrupts_goes_on() {
        struct Interrupted(bool, Vec<u8>);
        impl std::io::Read for Interrupted {
            fn read(&mut self, into: &mut [u8]) -> Result<usize> {
                self.0 = !self.0;
                match self.0 {
                    true => Err(ErrorKind::Interrupted.into()),
                    false => self.1.as_slice().read(into).inspect(|&n| _ = self.1.drain(..n)),
                }
            }
        }
        let mut bytes = Vec::new();
        write(&mut bytes, &ToEngine::Cancel { id: 7 }).unwrap();
        let mut pipe = std::io::BufReader::new(Interrupted(false, bytes));
        assert!(matches!(
            read(&mut pipe).unwrap(),
            Some(ToEngine::Cancel { id: 7 })
        ));
        assert!(read::<ToEngine>(&mut pipe).unwrap().is_none());
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        assert!(read::<ToEngine>(&mut b"hello".as_slice()).is_err());
        let mut cut = Vec::new();
        write(&mut cut, &ToEngine::Cancel { id: 300 }).unwrap();
        cut.pop();
        assert!(read::<ToEngine>(&mut cut.as_slice()).is_err());
    }
}
