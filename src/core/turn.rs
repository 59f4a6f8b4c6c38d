//! One command on its way through the core: what a feature may do with it.
//!
//! A [`Turn`] lends a feature the core, the store and the list of effects. Pages are opened and left here, changes are
//! committed here, undo is remembered here, and at the end the page that was opened says what it is about.

use jiff::Timestamp;

use crate::app::{Command, Core, Incoming, Page, Start, is_held_out, is_shown_to_scanners};
use crate::effect::{Effect, Sound};
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::result::Outcome;
use crate::settings::Language;
use crate::store::{Change, Store, StoreError};
use crate::view::Body;
use crate::{
    appointments, cash, certificates, checkpoint, entry, family, feed, first_start, fraud, health_code, help, printing,
    register, requests, settings, sync, wallet,
};

/// One command on its way through: what a feature may do.
pub(crate) struct Turn<'a> {
    pub core: &'a mut Core,
    pub store: &'a mut dyn Store,
    pub effects: Vec<Effect>,
    /// The command does not come from the person: it must not take a page away from under their hand.
    pub from_outside: bool,
}

/// Whether a page must not be taken away by something that comes from outside: somebody is calling for help, typing,
/// answering a question, or showing the page to somebody else.
pub(crate) fn must_stay(page: Page) -> bool {
    matches!(
        page,
        Page::Help
            | Page::Enter(_)
            | Page::HealthCode
            | Page::Card
            | Page::Purse
            | Page::HandOver
            | Page::ChangeBack
            | Page::ShortChange
            | Page::SpentOn
            | Page::CashRefused
            | Page::CardCode
            | Page::CardCodeLooks
            | Page::EraseCard
            | Page::ExpiredCard
            | Page::PrintNumbers
            | Page::Saying
            | Page::ConfirmPassphrase
            | Page::ConfirmPhoto
            | Page::CardPhoto
            | Page::ConfirmVisit
            | Page::ConfirmAuthorisation
            | Page::CancelVisit
            | Page::Offer
            | Page::Reminder
            | Page::CannotGo
            | Page::CheckInCode
            | Page::EndTie
            | Page::Decline
            | Page::EraseAll
            | Page::FraudAsk
            | Page::Printers
            | Page::Checkpoint
            | Page::Verdict
            | Page::NoCode
            | Page::ConfirmEntry
            | Page::FirstText
            | Page::FirstVoice
            | Page::FirstLanguage
    )
}

impl Turn<'_> {
    pub fn carry_out(&mut self, command: Command) -> Result<(), StoreError> {
        match command {
            Command::Start(start) => self.start(start)?,
            Command::Open(page) => self.open(page),
            Command::Back => self.back(),
            Command::Home => self.home(),
            Command::CallHelp => self.open(Page::Help),
            Command::ReadAloud => self.read_aloud(),
            Command::Undo => self.undo()?,
            Command::Type { field, text } => entry::typed(self, field, text)?,
            Command::Enter { field, text } => entry::finish(self, field, &text)?,
            Command::FirstStart(command) => first_start::update(self, command)?,
            Command::Settings(command) => settings::update(self, command)?,
            Command::HealthCode(command) => health_code::update(self, command)?,
            Command::Certificates(command) => certificates::update(self, command)?,
            Command::Printing(command) => printing::update(self, command)?,
            Command::Appointments(command) => appointments::update(self, command)?,
            Command::Wallet(command) => wallet::update(self, command)?,
            Command::Cash(command) => cash::update(self, command)?,
            Command::Help(command) => help::update(self, command)?,
            Command::Checkpoint(command) => checkpoint::update(self, command)?,
            Command::Register(command) => register::update(self, command)?,
            Command::Family(command) => family::update(self, command)?,
            Command::Fraud(command) => fraud::update(self, command)?,
            Command::Requests(command) => requests::update(self, command)?,
            Command::Incoming(incoming) => self.incoming(incoming)?,
        }
        Ok(())
    }

    fn start(&mut self, start: Start) -> Result<(), StoreError> {
        self.leave();
        self.core.screen.hub_override = start.hub;
        if let (false, Some(language)) = (self.core.records.settings.welcomed, start.language) {
            let mut settings = self.core.records.settings.clone();
            settings.language = language;
            self.commit(vec![Change::Settings(settings)])?;
        }
        self.core.screen.stack = vec![Page::Home];
        if !self.core.records.settings.welcomed {
            self.core.screen.stack.push(Page::FirstText);
        }
        match start.page {
            Some(Page::Home) | None => self.entered(),
            Some(page) => self.open(page),
        }
        sync::begin(self);
        if let Some(notice) = start.notice {
            self.show(Outcome::store_notice(notice, self.core.now()));
        }
        Ok(())
    }

    fn incoming(&mut self, incoming: Incoming) -> Result<(), StoreError> {
        match incoming {
            Incoming::Tick => {
                help::tick(self);
                let now = self.now();
                self.core.screen.speech.tick(now);
            }
            Incoming::NetworkBack => {
                sync::try_again_now(self)?;
                printing::network_back(self)?;
            }
            Incoming::Link(link) => sync::link_changed(self, link)?,
            Incoming::Changed(feed) => feed::changed(self, &feed),
            Incoming::Closing => printing::closing(self),
            Incoming::Answer { id, answer } => sync::answered(self, id, answer)?,
            Incoming::Fetched(fetched) => sync::fetched(self, fetched)?,
            Incoming::Files(files) => self.core.screen.health_code.files = Some(files),
            Incoming::File { path, content } if checkpoint::takes_file(self, &path) => {
                checkpoint::file_read(self, content);
            }
            Incoming::File { path, content } => health_code::file_read(self, &path, content)?,
            Incoming::Photo(picture) => wallet::photos::brought(self, picture),
            Incoming::Saved(saved) if wallet::along::takes_saved(self) => wallet::along::saved(self, saved),
            Incoming::Saved(saved) if register::takes_saved(self) => register::saved(self, saved),
            Incoming::Saved(saved) => settings::saved(self, saved),
            Incoming::Print { job, attempt, report } => printing::reported(self, job, attempt, report)?,
            Incoming::Printers { found, finished } => printing::found(self, found, finished),
            Incoming::PaperSaved(saved) => printing::saved(self, saved),
            Incoming::Shared(shared) => printing::shared(self, shared),
            Incoming::CalendarSaved { visit, sequence, saved } => {
                appointments::calendar_saved(self, visit, sequence, saved)?;
            }
            Incoming::Camera(there) => checkpoint::camera(self, there),
            Incoming::Voice(report) => {
                let now = self.now();
                let more = self.core.screen.speech.report(report, now, &self.core.records.settings);
                self.effects.extend(more);
            }
        }
        Ok(())
    }

    /// This moment.
    pub fn now(&self) -> Timestamp {
        self.core.now().timestamp()
    }

    /// A fresh id.
    pub fn uuid(&mut self) -> uuid::Uuid {
        self.core.fresh_id()
    }

    /// Carries out changes on the store and then in memory. After it, undo has nothing; only what comes from outside and
    /// is about other records leaves it, since the person can't know of it.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.store.commit(&changes)?;
        let lists = changes
            .iter()
            .any(|change| matches!(change, Change::TrustList(_) | Change::EraseAll));
        changes.iter().for_each(|change| self.core.apply(change));
        let undo = &mut self.core.screen.undo;
        let concerned = |back: &Change| changes.iter().any(|change| change.is_about_the_same(back));
        if !self.from_outside || undo.iter().any(concerned) {
            undo.clear();
        }
        if lists {
            self.core.trust.reload(&self.core.records);
        }
        Ok(())
    }

    /// The same for what the app does by itself: nothing else that the person did is forgotten by it.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn commit_quietly(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let from_outside = std::mem::replace(&mut self.from_outside, true);
        let done = self.commit(changes);
        self.from_outside = from_outside;
        done
    }

    /// The same, and [`Command::Undo`] takes it back.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn commit_undoable(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut before = self.core.records.clone();
        let mut back = Vec::with_capacity(changes.len());
        for change in &changes {
            back.extend(before.inverse(change));
            before.apply(change);
        }
        self.commit(changes)?;
        back.reverse();
        self.core.screen.undo = back;
        Ok(())
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        if self.take_back()? {
            self.show(Outcome::undone());
        }
        Ok(())
    }

    /// Takes back what was done last, and stays on the page; whether there was anything.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn take_back(&mut self) -> Result<bool, StoreError> {
        let back = std::mem::take(&mut self.core.screen.undo);
        if back.is_empty() {
            return Ok(false);
        }
        // Kept until the store has said yes, so that a failed undo can be tried again.
        if let Err(error) = self.store.commit(&back) {
            self.core.screen.undo = back;
            return Err(error);
        }
        back.iter().for_each(|change| self.core.apply(change));
        checkpoint::undone(self);
        Ok(true)
    }

    /// Opens a page above this one; opening the same page again only refreshes it.
    pub fn open(&mut self, page: Page) {
        if page == Page::Home {
            return self.home();
        }
        if self.core.page() != page {
            self.leave();
            if self.core.page() == Page::Result {
                // What came of something has been read: 返回 leads to where it began.
                self.core.screen.stack.pop();
            }
            if self.core.page() != page {
                self.core.screen.stack.push(page);
            }
        }
        self.entered();
    }

    /// Opens a field, and goes on with `then` when it is finished.
    pub fn ask(&mut self, field: Field, then: Command) {
        self.open(Page::Enter(field));
        self.core.screen.then = Some(then);
    }

    /// Opens a page in the place of this one, so that 返回 does not lead back to it.
    pub fn replace(&mut self, page: Page) {
        self.leave();
        self.core.screen.stack.pop();
        self.core.screen.stack.push(page);
        self.entered();
    }

    /// Shows what came of something; it takes the place of an older result.
    ///
    /// What comes from outside while a page must stay is put below it, and shown when the person leaves that page.
    pub fn show(&mut self, outcome: Outcome) {
        if self.from_outside && must_stay(self.core.page()) {
            self.core.screen.outcome = Some(outcome);
            let stack = &mut self.core.screen.stack;
            let top = stack.len().saturating_sub(1);
            if !stack[..top].ends_with(&[Page::Result]) {
                stack.insert(top, Page::Result);
            }
            return;
        }
        self.effects.extend(
            outcome
                .sound()
                .map(|sound| Effect::Play(sound, self.core.records.settings.volume)),
        );
        self.core.screen.outcome = Some(outcome);
        if self.core.page() == Page::Result {
            self.entered()
        } else {
            self.open(Page::Result)
        }
    }

    /// Leaves this page for the one below it.
    pub fn back(&mut self) {
        self.leave();
        if self.core.screen.stack.len() > 1 {
            self.core.screen.stack.pop();
        }
        self.entered();
    }

    /// Leaves all pages up to `page`, which is opened if it was not below.
    pub fn back_to(&mut self, page: Page) {
        self.leave();
        if let Some(place) = self.core.screen.stack.iter().position(|&below| below == page) {
            self.core.screen.stack.truncate(place + 1);
        } else {
            self.core.screen.stack = vec![Page::Home, page];
        }
        self.entered();
    }

    /// 首页
    pub fn does_home(&mut self) {
        self.home();
    }

    fn home(&mut self) {
        self.leave();
        self.core.screen.stack = vec![Page::Home];
        self.entered();
    }

    fn leave(&mut self) {
        self.core.screen.problem = None;
        self.core.screen.doubted = None;
        self.core.screen.then = None;
        help::left(self);
        wallet::left(self.core);
    }

    fn entered(&mut self) {
        self.core.screen.visit += 1;
        self.core.screen.entered = true;
        self.core.screen.speech.forget();
        wallet::entered(self.core);
        let page = self.core.page();
        if page == Page::Family {
            feed::begin(self);
        }
        health_code::entered(self, page);
        appointments::entered(self, page);
        printing::entered(self, page);
        checkpoint::entered(self, page);
        wallet::along::entered(self, page);
        wallet::photos::entered(self, page);
    }

    /// Plays a short sound.
    pub fn play(&mut self, sound: Sound) {
        let volume = self.core.records.settings.volume;
        self.effects.push(Effect::Play(sound, volume));
    }

    /// What was typed can't be taken: the page says why, and so does the voice.
    pub fn refuse(&mut self) {
        self.play(Sound::Refused);
        if let (Some(problem), true) = (self.core.screen.problem, self.speaks()) {
            self.say(self.core.words().get(problem));
        }
    }

    /// Says a sentence that stands on the page in other words, where pages speak.
    pub fn say_where_pages_speak(&mut self, sentence: String) {
        if self.speaks() {
            self.say(sentence);
        }
    }

    /// Whether pages speak when they open. The call for help always does.
    fn speaks(&self) -> bool {
        self.core.records.settings.voice || self.core.page() == Page::Help
    }

    /// Says what the page that was opened in this turn is about, or stops speaking of the one that was left.
    pub fn announce(&mut self) {
        if !std::mem::take(&mut self.core.screen.entered) {
            return;
        }
        let mut page = PageBuilder::new(self.core);
        let body = self.core.body(&mut page);
        let parts = page.announcement();
        self.light_for(&body);
        if self.speaks() && !parts.is_empty() {
            let effect = self.core.screen.speech.announce(parts, &self.core.records.settings);
            self.effects.push(effect);
        } else {
            self.effects.push(Effect::Hush);
        }
    }

    /// What is on the page has changed so that the screen may have to be brighter, or stay on.
    pub fn light(&mut self) {
        let body = self.core.body(&mut PageBuilder::new(self.core));
        self.light_for(&body);
    }

    fn light_for(&mut self, body: &Body) {
        let brightest = is_shown_to_scanners(body);
        if std::mem::replace(&mut self.core.screen.brightest, brightest) != brightest {
            self.effects.push(Effect::Brightest(brightest));
        }
        let awake = is_held_out(self.core.page(), body);
        if std::mem::replace(&mut self.core.screen.awake, awake) != awake {
            self.effects.push(Effect::Awake(awake));
        }
    }

    fn read_aloud(&mut self) {
        if self.core.screen.speech.is_reading() {
            self.core.screen.speech.forget();
            self.effects.push(Effect::Hush);
            return;
        }
        let parts = self.core.view().reading;
        let effect = self.core.screen.speech.read(parts, &self.core.records.settings);
        self.effects.push(effect);
    }

    /// Says a sentence that stands on the page in other words, such as a second of the countdown.
    pub fn say(&mut self, sentence: String) {
        let effect = self
            .core
            .screen
            .speech
            .say(sentence, false, &self.core.records.settings);
        self.effects.push(effect);
    }

    /// Says a sentence that stands nowhere on the page: where there is no voice it is shown as a caption.
    pub fn tell(&mut self, sentence: String) {
        let effect = self.core.screen.speech.say(sentence, true, &self.core.records.settings);
        self.effects.push(effect);
    }

    /// Says the same in several languages, one after the other as far as the voice can.
    pub fn tell_in_turn(&mut self, sentences: impl IntoIterator<Item = (Language, String)>) {
        let effect = self
            .core
            .screen
            .speech
            .say_in_turn(sentences, &self.core.records.settings);
        self.effects.extend(effect);
    }
}
