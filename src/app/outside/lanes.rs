//! A thread for each printer.
//!
//! A printer is a slow and strange machine, so the work of each is done on a thread of its own, in its order: two papers
//! can't mix on one printer, and one that hangs holds up no other. Nobody waits for these threads when the program ends:
//! the core has kept how far each paper was.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use anban_core::Command;
use anban_core::app::Incoming;
use anban_core::effect::{Effect, PrintTrouble};
use anban_core::printing::PrintReport;

use super::printing::at_printer;

/// More printers than anybody uses at once. Beyond it, threads that have nothing more to do end.
const MOST_LANES: usize = 8;

/// The threads, by the addresses of the printers.
pub struct Lanes {
    bring: Arc<dyn Fn(Command) + Send + Sync>,
    lanes: HashMap<String, Sender<Effect>>,
}

impl Lanes {
    /// No threads yet. What comes back goes to `bring`.
    #[must_use]
    pub fn new(bring: impl Fn(Command) + Send + Sync + 'static) -> Self {
        Self {
            bring: Arc::new(bring),
            lanes: HashMap::new(),
        }
    }

    /// Has an effect carried out that is about the printer at `address`, after those before it.
    pub fn carry_out(&mut self, address: String, effect: Effect) {
        let effect = match self.lanes.get(&address) {
            None => effect,
            // A thread that has failed gives the work back.
            Some(lane) => match lane.send(effect) {
                Ok(()) => return,
                Err(mpsc::SendError(effect)) => effect,
            },
        };
        if self.lanes.len() >= MOST_LANES {
            self.lanes.clear();
        }
        let (sender, work) = mpsc::channel::<Effect>();
        let bring = Arc::clone(&self.bring);
        let lane = move || {
            for effect in work {
                at_printer(effect).into_iter().for_each(|command| bring(command));
            }
        };
        match std::thread::Builder::new().name("printer".to_owned()).spawn(lane) {
            Ok(_) => {
                let _ = sender.send(effect);
                self.lanes.insert(address, sender);
            }
            Err(error) => {
                tracing::error!(%error, "no thread for a printer");
                if let Effect::Print { job, attempt, .. } = effect {
                    let report = PrintReport::NotSent(PrintTrouble::Unreachable);
                    (self.bring)(Command::Incoming(Incoming::Print { job, attempt, report }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::TcpListener;
    use std::time::Duration;

    use anban_core::ids::PrintJobId;

    use super::*;

    #[test]
    fn a_printer_that_hangs_holds_up_no_other_and_one_printer_answers_in_order() {
        let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (sender, came) = mpsc::channel();
        let mut lanes = Lanes::new(move |command| {
            let _ = sender.send(command);
        });
        let mut asks = |at: std::net::SocketAddr, attempt: u32| {
            let printer = format!("ipp://{at}/ipp/print");
            let effect = Effect::AskPrinter {
                job: PrintJobId(uuid::Uuid::nil()),
                attempt,
                printer: printer.clone(),
                number: 1,
            };
            lanes.carry_out(printer, effect);
        };
        asks(hanging.local_addr().unwrap(), 1);
        (2..5).for_each(|attempt| asks(nobody, attempt));
        for expected in 2..5 {
            let Command::Incoming(Incoming::Print { attempt, report, .. }) =
                came.recv_timeout(Duration::from_secs(10)).unwrap()
            else {
                unreachable!("a printer brings reports alone")
            };
            assert_eq!((attempt, report), (expected, PrintReport::NoAnswer));
        }
    }
}
