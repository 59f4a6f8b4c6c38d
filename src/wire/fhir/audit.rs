//! Who has seen or changed what (<https://hl7.org/fhir/R4/auditevent.html>), as IHE BALP profiles it for REST.

use super::{Absent, CodeableConcept, Coding, Identifier, Meta, Reference, fhir_types};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

fhir_types! {
    /// One entry of the audit trail.
    AuditEvent {
        @required {
            /// What sort of event: `rest`.
            #[serde(rename = "type")]
            kind: Coding,
            /// When it was noted.
            recorded: Timestamp,
            /// Who did it.
            agent: Vec<AuditAgent>,
            /// Who noted it.
            source: AuditSource,
        }
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// The interaction: create, read, update, delete or operation.
        subtype: Vec<Coding>,
        /// C | R | U | D | E
        action: Option<String>,
        /// 0 (done) | 4 (refused) | 8 | 12
        outcome: Option<String>,
        /// To what, of which patient, in which request.
        entity: Vec<AuditEntity>,
    }
    /// Who took part in an event.
    AuditAgent {
        @required {
            /// Whether it was they who asked.
            requestor: bool,
        }
        /// The device, or the member of staff.
        who: Option<Reference>,
        /// Their name.
        name: Option<String>,
        /// In which role.
        role: Vec<CodeableConcept>,
    }
    /// Who noted an event.
    AuditSource {
        @required {
            /// The server.
            observer: Reference,
        }
        /// Where it is.
        site: Option<String>,
    }
    /// What an event was about.
    AuditEntity {
        /// The resource.
        what: Option<Reference>,
        /// What sort of thing.
        #[serde(rename = "type")]
        kind: Option<Coding>,
        /// Why it is named.
        role: Option<Coding>,
        /// What it is called.
        name: Option<String>,
    }
}

impl AuditEntity {
    /// The number of the request (IHE BALP).
    #[must_use]
    pub fn request(id: &str) -> Self {
        let what = Reference {
            identifier: Some(Box::new(Identifier {
                value: Some(id.to_owned()),
                ..Identifier::default()
            })),
            ..Reference::default()
        };
        Self {
            what: Some(what),
            kind: Some(Coding {
                system: Some("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType".to_owned()),
                code: Some("XrequestId".to_owned()),
                ..Coding::default()
            }),
            ..Self::default()
        }
    }
}
