//! What is on each kind of paper.
//!
//! Every paper says what it is, who vouches for it and where to ask, and carries a code by which it can be checked; one
//! that nobody has signed yet says that in its place.

use anban_credential::Document;

use super::signed::{Signed, holds, signed};
use super::{Authorisation, Form, Format, Item, Paper, PaperCode, details};
use crate::app::Core;
use crate::appointments::{self, VisitState};
use crate::cash;
use crate::health_code::{self, KeptDocument};
use crate::help;
use crate::ids::{CardId, DocumentId, VisitId};
use crate::page::PageBuilder;
use crate::register;
use crate::view::{Mark, Symbol};
use crate::wallet;
use crate::words::{Words, time};

/// Labels and values.
type Facts = Vec<(String, String)>;

/// The lines to write on of the form at an entrance, by the keys of their labels.
const BLANKS: [&str; 7] = [
    "help-name",
    "form-identity-number",
    "form-telephone",
    "help-address",
    "form-going-to",
    "form-signature",
    "form-date",
];

/// The paper of an item; `None` when it is gone.
#[must_use]
pub fn paper(core: &Core, item: Item, form: Form) -> Option<Paper> {
    let writer = Writer {
        core,
        item,
        form,
        words: Words::of(form.language),
    };
    match item {
        Item::Document(id) => writer.document(id),
        Item::Visit(id) => writer.visit(id),
        Item::Card(id) => writer.card(id),
        Item::Cards => wallet::paper(core, writer.words, form),
        Item::EmergencyCard => Some(writer.emergency_card()),
        Item::EntryForm => Some(writer.entry_form()),
        Item::BlankEntryForm => Some(writer.blank_entry_form()),
        Item::Authorisation(authorisation) => writer.authorisation(authorisation),
        Item::Register(day) => register::paper(core, writer.words, day, form),
        Item::CashComplaint => cash::paper(core, writer.words, form),
    }
}

/// The line at the foot of every paper: when and by what it was printed.
pub(crate) fn footer(core: &Core, words: Words) -> String {
    words.with("paper-footer", &[("date", &time::full_date(words, core.now().date()))])
}

/// What stands on the paper because somebody signed it, or nobody did.
struct Vouched {
    state: Option<(Mark, String)>,
    code: Option<PaperCode>,
    facts: Facts,
    notes: Vec<String>,
}

struct Writer<'a> {
    core: &'a Core,
    item: Item,
    form: Form,
    words: Words,
}

impl Writer<'_> {
    fn page(&self) -> PageBuilder<'_> {
        PageBuilder::for_paper(self.core, self.words)
    }

    /// `what` says what it is, where the vouching does not.
    fn paper(&self, title: String, what: Option<&str>, own: Facts, vouched: Vouched) -> Paper {
        let words = self.words;
        let folding = match self.form.format {
            Format::FoldOut => ["fold-title", "fold-cut", "fold-fold", "fold-keep"]
                .map(|key| words.get(key))
                .to_vec(),
            Format::A4 | Format::Receipt => Vec::new(),
        };
        Paper {
            format: self.form.format,
            language: self.form.language,
            title,
            state: vouched.state,
            facts: own.into_iter().chain(vouched.facts).collect(),
            codes: vouched.code.into_iter().collect(),
            is_collection: false,
            notes: what
                .map(|key| words.get(key))
                .into_iter()
                .chain(vouched.notes)
                .collect(),
            footer: footer(self.core, words),
            folding,
            kept_until: None,
        }
    }

    /// A label and a value, if there is any.
    fn fact(&self, key: &str, value: &str) -> Option<(String, String)> {
        (!value.trim().is_empty()).then(|| (self.words.get(key), value.to_owned()))
    }

    /// A line to write on.
    fn blank(&self, key: &str) -> (String, String) {
        (self.words.get(key), String::new())
    }

    /// Where to ask: the issuer's telephone and place as far as the directory has them, else the city's hotline.
    fn ask(&self, issuer: Option<&str>) -> String {
        let hospitals = self
            .core
            .records
            .directory
            .iter()
            .flat_map(|directory| &directory.hospitals);
        let known = issuer.and_then(|issuer| {
            hospitals
                .into_iter()
                .find(|hospital| hospital.name.chinese == issuer || hospital.name.english == issuer)
        });
        match known.filter(|hospital| !hospital.phone.is_empty()) {
            Some(hospital) => self.words.with(
                "paper-ask-issuer",
                &[
                    ("issuer", hospital.name.of(self.form.language)),
                    ("phone", &hospital.phone),
                    ("address", hospital.address.of(self.form.language)),
                ],
            ),
            None => self.words.get("paper-document-ask"),
        }
    }

    /// State, code and vouching of a signed document; `vouching` is the key of the sentence that names its issuer.
    fn by(&self, kept: &KeptDocument, document: &Document, vouching: &str) -> Vouched {
        let words = self.words;
        let view = health_code::code_view(&mut self.page(), kept, document);
        let holds = holds(self.core, document);
        let issuer = document.issuer();
        let vouches = match (&issuer, holds) {
            (_, false) => words.get("paper-not-current"),
            (Some(issuer), true) => words.with(vouching, &[("issuer", issuer)]),
            (None, true) => words.get("paper-document-what"),
        };
        Vouched {
            state: view.mark.map(|mark| (mark, view.state.text)),
            code: view.symbol.filter(|_| holds).map(|symbol| PaperCode {
                symbol,
                caption: words.get("paper-code-caption"),
            }),
            // When it was printed stands at the foot, and who has issued it in the sentence that vouches.
            facts: view
                .facts
                .into_iter()
                .map(|fact| (fact.label, fact.value))
                .filter(|(label, _)| *label != words.get("code-refreshed"))
                .filter(|(label, _)| !holds || *label != words.get("code-issuer"))
                .collect(),
            notes: vec![vouches, self.ask(issuer.as_deref())],
        }
    }

    /// The same of what is no signed document itself.
    fn vouched(&self) -> Vouched {
        let unsigned = |state: &str, line: &str| Vouched {
            state: Some((Mark::Waiting, self.words.get(state))),
            code: None,
            facts: Vec::new(),
            notes: vec![self.words.get(line), self.words.get("paper-document-ask")],
        };
        match signed(self.core, self.item) {
            Signed::Current(kept, document) => self.by(kept, &document, "paper-vouched"),
            Signed::Outdated => unsigned("paper-changed", "paper-changed-line"),
            Signed::NotYet => unsigned("paper-unsigned", "paper-unsigned-line"),
        }
    }

    fn document(&self, id: DocumentId) -> Option<Paper> {
        let kept = self.core.records.documents.get(&id)?;
        let document = anban_credential::read(&kept.text).ok()?;
        let claims = document.anban_claims();
        let number = claims.and_then(|claims| claims.person.identity_document.as_ref());
        let name = document.holder_name().unwrap_or_default();
        let mut own: Facts = self.fact("help-name", &name).into_iter().collect();
        own.extend(details::details(self.words, &document));
        own.extend(number.and_then(|identity| self.fact("form-identity-number", &identity.number)));
        let title = health_code::what_it_is(self.words, &document);
        // What it is and who vouches for it are said together here, or the page would go on on a second one.
        let vouched = self.by(kept, &document, "paper-document-vouched");
        Some(self.paper(title, None, own, vouched))
    }

    fn visit(&self, id: VisitId) -> Option<Paper> {
        let visit = self.core.records.visits.get(&id)?;
        let words = self.words;
        let mut page = self.page();
        let state = appointments::state_of(&page, visit);
        let facts = appointments::facts(&mut page, visit);
        let booked = matches!(visit.state, VisitState::Booked { .. });
        let labelled = |fact: crate::view::Fact| {
            let label = if fact.label.is_empty() {
                words.get("visit-when")
            } else {
                fact.label
            };
            (label, fact.value.replace('\n', " "))
        };
        let mut own: Facts = self.fact("help-name", &visit.patient).into_iter().collect();
        own.extend(facts.into_iter().map(labelled));
        own.extend(self.fact("form-telephone", &visit.phone));
        let what = if booked {
            "paper-visit-booked"
        } else {
            "paper-visit-waiting"
        };
        // What counts is how far the visit has come; the signature makes it checkable, for as long as the visit's day.
        let mut vouched = Vouched {
            state: Some(state),
            ..self.vouched()
        };
        vouched.facts.retain(|(label, _)| *label != words.get("code-until"));
        Some(self.paper(words.get("paper-visit-title"), Some(what), own, vouched))
    }

    fn card(&self, id: CardId) -> Option<Paper> {
        let card = wallet::in_use(self.core, id)?;
        let number = wallet::grouped(&card.number);
        let own = self.fact("card-number", &number).into_iter();
        let own = own.chain(card.details.iter().cloned()).collect();
        let mut paper = self.paper(card.name.clone(), Some("paper-card-what"), own, self.vouched());
        let swiped = card.code.as_ref().map(|code| PaperCode {
            symbol: Symbol {
                symbology: code.symbology,
                text: code.text.clone(),
                label: self.words.with("code-label", &[("what", &card.name)]),
            },
            caption: self.words.get("paper-card-caption"),
        });
        paper.codes.extend(swiped);
        Some(paper)
    }

    fn emergency_card(&self) -> Paper {
        let profile = &self.core.records.profile;
        let contacts = help::contacts(self.core);
        let mut own: Facts = self.fact("help-name", &profile.name).into_iter().collect();
        own.extend(
            contacts
                .iter()
                .map(|contact| (contact.name.clone(), help::grouped(&contact.number))),
        );
        own.extend(self.fact("help-notes", &profile.medical_notes));
        own.extend(self.fact("help-address", &profile.address));
        let title = self.words.get("paper-emergency-title");
        self.paper(title, Some("paper-emergency-what"), own, self.vouched())
    }

    fn entry_form(&self) -> Paper {
        let profile = &self.core.records.profile;
        let known = [&profile.name, &profile.identity_number, "", &profile.address];
        let blanks = BLANKS.iter().enumerate();
        let own = blanks.map(|(place, key)| {
            let value = known.get(place).map_or("", |known| known.trim());
            (self.words.get(key), value.to_owned())
        });
        // What is known stands beside the code, what is to be written below.
        let (known, blank): (Facts, Facts) = own.partition(|(_, value)| !value.is_empty());
        let mut vouched = self.vouched();
        // It is for today's door, however long the signature holds.
        vouched
            .facts
            .retain(|(label, _)| *label != self.words.get("code-until"));
        self.paper(
            self.words.get("paper-entry-title"),
            Some("paper-entry-what"),
            known.into_iter().chain(blank).collect(),
            vouched,
        )
    }

    fn blank_entry_form(&self) -> Paper {
        let own = BLANKS.iter().map(|key| self.blank(key)).collect();
        let nobody = Vouched {
            state: None,
            code: None,
            facts: Vec::new(),
            notes: vec![self.words.get("paper-blank-line"), self.words.get("paper-document-ask")],
        };
        self.paper(
            self.words.get("paper-entry-title"),
            Some("paper-blank-what"),
            own,
            nobody,
        )
    }

    fn authorisation(&self, authorisation: Authorisation) -> Option<Paper> {
        let words = self.words;
        let contact = self.core.records.contacts.get(&authorisation.contact)?;
        let profile = &self.core.records.profile;
        let mut own: Facts = self.fact("form-gives", &profile.name).into_iter().collect();
        own.extend(self.fact("form-to", &contact.name));
        own.push((words.get("detail-may"), words.get(authorisation.purpose.key())));
        own.push((words.get("detail-until"), time::full_date(words, authorisation.until)));
        own.extend(self.fact("form-identity-number", &profile.identity_number));
        own.extend(self.fact("form-telephone", &help::grouped(&contact.number)));
        own.extend(["form-to-name", "form-signature", "form-date"].map(|key| self.blank(key)));
        let mut vouched = self.vouched();
        // The signature's own end is the same day.
        vouched.facts.retain(|(label, _)| *label != words.get("code-until"));
        Some(self.paper(
            words.get("paper-authorisation-title"),
            Some("paper-authorisation-what"),
            own,
            vouched,
        ))
    }
}
