//! A request and its answer, tied by type: who asks gets that answer, and who answers can give no other.

use super::{Command, Event};

/// A request that has one answer. It comes as an event before the job's end; progress may come before it.
pub trait Ask: Into<Command> {
    type Answer;

    /// The answer as it is sent.
    fn event(answer: Self::Answer) -> Event;

    /// The answer, where this event is it.
    fn answer(event: Event) -> Option<Self::Answer>;
}

/// Makes commands of a subject's requests and events of its news, and ties each request that has an answer to the event
/// that it comes as.
macro_rules! requests {
    ($subject:ident, $commands:ident, $events:ident: $($request:ident $(-> $event:ident($answer:ty))?),+ $(,)?) => {
        impl From<$commands> for $crate::protocol::Command {
            fn from(command: $commands) -> Self {
                Self::$subject(command)
            }
        }

        impl From<$events> for $crate::protocol::Event {
            fn from(event: $events) -> Self {
                Self::$subject(event)
            }
        }

        $(
            impl From<$request> for $crate::protocol::Command {
                fn from(request: $request) -> Self {
                    Self::$subject($commands::$request(request.into()))
                }
            }

            $(
                impl $crate::protocol::Ask for $request {
                    type Answer = $answer;

                    fn event(answer: $answer) -> $crate::protocol::Event {
                        $events::$event(answer).into()
                    }

                    fn answer(event: $crate::protocol::Event) -> Option<$answer> {
                        match event {
                            $crate::protocol::Event::$subject($events::$event(answer)) => Some(answer),
                            _ => None,
                        }
                    }
                }
            )?
        )+
    };
}

pub(super) use requests;
