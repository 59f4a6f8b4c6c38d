//! The pages of a search: what an answer leaves out, its link `next` brings (<https://hl7.org/fhir/R4/http.html#paging>).
//!
//! The link is one sealed word: the search's parameters and the place where it goes on, under a key that only this
//! database's hubs have. So nothing of a search that was posted because it names a person stands in an address, nobody can
//! make up a place that costs the database much, and a damaged link is told from a good one. It is no permission: who
//! follows it is asked for the same rights as at the first page. Places are the last thing that was shown, not counts, so
//! nothing is passed over or shown twice where things come and go in between; only the short lists of the directory are
//! counted.

use crate::{
    StartError,
    db::{After, Database},
    keys::Secret,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use serde::{Deserialize, Serialize};

/// The note that has the key.
const KEY: &str = "page-secret";
/// A search with more than this in its parameters has no further pages: its link would be too long for what is on the way.
const LONGEST: usize = 4096;

/// Where a search goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    /// After what was shown last.
    After(After),
    /// After so many.
    Count(usize),
}

/// What a link holds.
#[derive(Serialize, Deserialize)]
struct Page {
    parameters: Vec<(String, String)>,
    place: Place,
}

/// Makes links and reads them.
pub(crate) struct Pages {
    secret: Secret,
    random: SystemRandom,
}

impl Pages {
    /// Of this database.
    pub(crate) fn of(db: &dyn Database) -> Result<Self, StartError> {
        let random = SystemRandom::new();
        let first = Secret::generate(&random).ok_or(StartError::NoRandomness)?;
        let kept = db.note(KEY, &first)?;
        Ok(Self {
            secret: Secret::from_text(&kept).ok_or(crate::db::DbError::Damaged("note"))?,
            random,
        })
    }

    /// The word of a link; none where the parameters are too many. It holds for this life of the database (`epoch`): places
    /// in a restored one may be others.
    pub(super) fn seal(
        &self,
        (kind, epoch): (&str, &str),
        parameters: &[(String, String)],
        place: Place,
    ) -> Option<String> {
        let page = Page {
            parameters: parameters.to_vec(),
            place,
        };
        let open = serde_json::to_vec(&page).ok().filter(|open| open.len() <= LONGEST)?;
        let sealed = self.secret.seal(&name(kind, epoch), &open, &self.random)?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a link of a search for that type says, if it is one of these.
    pub(super) fn open(&self, (kind, epoch): (&str, &str), word: &str) -> Option<(Vec<(String, String)>, Place)> {
        let sealed = URL_SAFE_NO_PAD.decode(word).ok()?;
        let open = self.secret.open(&name(kind, epoch), &sealed)?;
        let page: Page = serde_json::from_slice(&open).ok()?;
        Some((page.parameters, page.place))
    }
}

fn name(kind: &str, epoch: &str) -> String {
    format!("page {kind} {epoch}")
}
