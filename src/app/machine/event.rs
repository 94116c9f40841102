//! What is learnt of the machine.

use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::protocol::{Failure, MachineEvent};

impl AppState {
    pub(in crate::app) fn apply_machine_event(&mut self, event: MachineEvent) {
        match event {
            MachineEvent::DevicesListed(devices) => self.machine.devices = Some(devices),
            // The window does not ask for it.
            MachineEvent::SelfChecked(_) => {}
        }
    }

    /// The event channel is closed: the engine is gone, and with it everything it was doing.
    pub fn lose_engine(&mut self) {
        if self.machine.engine_gone {
            return;
        }
        self.machine.engine_gone = true;
        for job in std::mem::take(&mut self.jobs.all) {
            self.settle(&job, Some(("the engine has stopped", Failure::Fault)));
        }
        for run in &mut self.runs.all {
            run.live = false;
        }
        self.tell(
            ToastKind::Error,
            "The engine has stopped; what was trained is kept, start the program again",
        );
    }
}
