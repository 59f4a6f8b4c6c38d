//! Carrying out effects: the hub, the voice, files, the printer, the telephone.
//!
//! [`Outside`] is for the window: every effect returns at once and its outcome comes back through the inbox.
//! [`Outside::carry_out_now`] is for a run without a screen: it does the work in its place and returns what it brought.

pub mod age;
mod awake;
mod aztec;
pub mod calendar;
pub mod camera;
mod desktop;
mod dial;
pub mod files;
mod lanes;
mod letter;
mod map;
mod papers;
pub mod photos;
pub mod pictures;
pub mod printing;
pub mod scanner;
pub mod screen;
mod share;
mod speech;

use anban_core::app::Incoming;
use anban_core::effect::{Effect, FileTrouble, PrintTrouble, SavedFile, Shared};
use anban_core::{Command, appointments, help};
use anban_sync::{Client, Sync};
use jiff::Timestamp;

use crate::runtime::Inbox;

/// What carries out effects for a window.
pub struct Outside {
    inbox: Inbox,
    sync: Sync,
    voice: Option<anban_voice::Voice>,
    screen: screen::Brightness,
    awake: awake::Awake,
    printers: lanes::Lanes,
    lookout: camera::Lookout,
}

impl Outside {
    /// Starts what works in the background. What comes back goes to `inbox`.
    #[must_use]
    pub fn start(inbox: Inbox) -> Self {
        let reports = inbox.clone();
        let sync = Sync::start(move |report| {
            reports.bring(match report {
                anban_sync::Report::Answer { id, answer } => Incoming::Answer { id, answer },
                anban_sync::Report::Fetched(fetched) => Incoming::Fetched(fetched),
                anban_sync::Report::NetworkBack => Incoming::NetworkBack,
                anban_sync::Report::Link(link) => Incoming::Link(link),
                anban_sync::Report::Changed(feed) => Incoming::Changed(feed),
            });
        });
        let voice = speech::start(inbox.clone());
        let reports = inbox.clone();
        Self {
            printers: lanes::Lanes::new(move |command| reports.send(command)),
            inbox,
            sync,
            voice,
            screen: screen::Brightness::default(),
            awake: awake::Awake::default(),
            lookout: camera::Lookout::default(),
        }
    }

    /// Carries out one effect, or begins to.
    pub fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send {
                hub,
                id,
                request,
                account,
            } => self.sync.send(account, hub, id, request),
            Effect::Fetch { hub, what, account } => self.sync.fetch(account, hub, what, Timestamp::now()),
            Effect::Speak(utterance) => speech::speak(self.voice.as_ref(), &self.inbox, utterance),
            Effect::Hush => self.voice.iter().for_each(anban_voice::Voice::hush),
            Effect::Play(sound, volume) => speech::play(self.voice.as_ref(), sound, volume),
            Effect::Siren(on) => speech::siren(self.voice.as_ref(), on),
            Effect::Brightest(on) => self.screen.set(on),
            Effect::Awake(on) => self.awake.set(on),
            Effect::Listen(listening) => self.sync.listen(listening),
            Effect::Print { ref printer, .. }
            | Effect::AskPrinter { ref printer, .. }
            | Effect::CancelPrint { ref printer, .. } => self.printers.carry_out(printer.clone(), effect),
            Effect::FindPrinters => {
                let inbox = self.inbox.clone();
                in_background(move || {
                    printing::find(|found, finished| inbox.bring(Incoming::Printers { found, finished }));
                });
            }
            Effect::Watch(on) => self.lookout.set(on, &self.inbox),
            slow @ (Effect::Dial { .. }
            | Effect::FindFiles
            | Effect::FindCamera
            | Effect::ReadFile { .. }
            | Effect::Unlock { .. }
            | Effect::ReadPhoto { .. }
            | Effect::TakePhoto
            | Effect::SaveWallet { .. }
            | Effect::SavePaper { .. }
            | Effect::SaveToCalendar { .. }
            | Effect::ShowOnMap { .. }
            | Effect::ShareText { .. }
            | Effect::ShareFile { .. }
            | Effect::SaveCopy { .. }) => {
                let inbox = self.inbox.clone();
                in_background(move || slow_work(slow).into_iter().for_each(|command| inbox.send(command)));
            }
        }
    }

    /// Carries out one effect in its place, without a screen, a voice or a telephone, and returns what it brought.
    #[must_use]
    pub fn carry_out_now(client: &Client, effect: Effect, now: Timestamp) -> Option<Command> {
        match effect {
            Effect::Send {
                hub,
                id,
                request,
                account,
            } => {
                let answer = client.send_as(account.as_ref(), &hub, id, &request);
                Some(Command::Incoming(Incoming::Answer { id, answer }))
            }
            Effect::Fetch { hub, what, account } => {
                let fetched = client.fetch_as(account.as_ref(), &hub, &what, now);
                Some(Command::Incoming(Incoming::Fetched(fetched)))
            }
            // Nobody is called, and nothing is said, by a run without a screen.
            Effect::Dial { .. } => Some(Command::Help(help::Command::Dialled { taken: false })),
            Effect::Speak(_)
            | Effect::Hush
            | Effect::Play(..)
            | Effect::Siren(_)
            | Effect::Brightest(_)
            | Effect::Awake(_)
            | Effect::Listen(_)
            | Effect::Watch(_) => None,
            Effect::ShareFile { .. } | Effect::ShareText { .. } => {
                Some(Command::Incoming(Incoming::Shared(Shared::Nothing)))
            }
            Effect::ShowOnMap { .. } => Some(Command::Appointments(appointments::Command::MapShown(false))),
            Effect::FindPrinters => {
                let mut all = Vec::new();
                printing::find(|found, _| all = found);
                Some(Command::Incoming(Incoming::Printers {
                    found: all,
                    finished: true,
                }))
            }
            at_printer @ (Effect::Print { .. } | Effect::AskPrinter { .. } | Effect::CancelPrint { .. }) => {
                printing::at_printer(at_printer)
            }
            slow => slow_work(slow),
        }
    }
}

fn in_background(work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name("work".to_owned()).spawn(work) {
        tracing::error!(%error, "no thread for the work: it was not begun");
    }
}

/// What takes longer than a frame, and returns what it brought.
fn slow_work(effect: Effect) -> Option<Command> {
    Some(match effect {
        Effect::Dial { number } => Command::Help(help::Command::Dialled {
            taken: dial::dial(&number),
        }),
        Effect::FindCamera => Command::Incoming(Incoming::Camera(camera::is_there())),
        Effect::FindFiles => Command::Incoming(Incoming::Files(files::find())),
        Effect::ReadFile { path } => {
            // A decoder that fails on a hostile file must not take the program along.
            let content = std::panic::catch_unwind(|| files::read(std::path::Path::new(&path)))
                .unwrap_or(Err(FileTrouble::WrongKind));
            Command::Incoming(Incoming::File { path, content })
        }
        Effect::ReadPhoto { path } => {
            let photo = std::panic::catch_unwind(|| files::photo(std::path::Path::new(&path)));
            Command::Incoming(Incoming::Photo(photo.unwrap_or(Err(FileTrouble::WrongKind))))
        }
        Effect::TakePhoto => Command::Incoming(Incoming::Photo(camera::photo())),
        Effect::Unlock { path, passphrase } => {
            let content = std::panic::catch_unwind(|| files::unlock(std::path::Path::new(&path), &passphrase))
                .unwrap_or(Err(FileTrouble::WrongKind));
            Command::Incoming(Incoming::File { path, content })
        }
        Effect::SaveWallet {
            name,
            ending,
            archive,
            passphrase,
        } => Command::Incoming(Incoming::Saved(save_wallet(
            (&name, &ending),
            &archive,
            passphrase.as_deref(),
        ))),
        Effect::SavePaper { paper, name } => {
            Command::Incoming(Incoming::PaperSaved(printing::save_paper(&paper, &name)))
        }
        Effect::ShareFile { path } => Command::Incoming(Incoming::Shared(share::share(std::path::Path::new(&path)))),
        Effect::SaveToCalendar { visit, entry, name } => Command::Incoming(Incoming::CalendarSaved {
            visit,
            sequence: entry.sequence,
            saved: calendar::save(&entry, &name),
        }),
        Effect::ShowOnMap { address } => Command::Appointments(appointments::Command::MapShown(map::show(&address))),
        Effect::ShareText { subject, text } => Command::Incoming(Incoming::Shared(letter::write(&subject, &text))),
        Effect::SaveCopy { name, content } => Command::Incoming(Incoming::Saved(save_copy(&name, &content))),
        _ => return None,
    })
}

fn save_wallet(
    (name, ending): (&str, &str),
    archive: &[u8],
    passphrase: Option<&str>,
) -> Result<SavedFile, PrintTrouble> {
    let locked = passphrase.map(|passphrase| age::lock(archive, passphrase)).transpose();
    let locked = locked.map_err(|_| PrintTrouble::CannotSave)?;
    let bytes = locked.as_deref().unwrap_or(archive);
    if !files::can_be_taken_in(archive, bytes) {
        return Err(PrintTrouble::CannotSave);
    }
    files::save_in_documents(name, ending, bytes)
}

fn save_copy(name: &str, content: &str) -> Result<SavedFile, PrintTrouble> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "json"));
    files::save_in_documents(stem, extension, content.as_bytes())
}
