//! What wraps resources on their way: bundles, the parameters of an operation, outcomes.

use super::{
    Absent, BundleType, CodeableConcept, Coding, DateTime, Extension, Identifier, IssueSeverity, IssueType, Meta,
    Reference, Resource, SearchMode, Timing, fhir_types,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

fhir_types! {
    /// A list of resources with what the list is.
    Bundle {
        @required {
            /// What kind of list.
            #[serde(rename = "type")]
            kind: BundleType,
        }
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// When it was put together.
        timestamp: Option<Timestamp>,
        /// How many match on the server; there may be fewer in `entry`.
        total: Option<u32>,
        /// Where this list is, and where it goes on.
        link: Vec<BundleLink>,
        /// The list.
        entry: Vec<BundleEntry>,
    }
    /// An address that belongs to a list.
    BundleLink {
        @required {
            /// self | next | …
            relation: String,
            /// The address.
            url: String,
        }
    }
    /// One of the list.
    BundleEntry {
        /// Its absolute address.
        full_url: Option<String>,
        /// The resource.
        resource: Option<Resource>,
        /// Why it is in the list.
        search: Option<BundleSearch>,
        /// What is to be done: of a batch or transaction.
        request: Option<BundleRequest>,
        /// What came of it: in the answer to a batch or transaction.
        response: Option<BundleResponse>,
    }
    /// One thing to be done.
    BundleRequest {
        @required {
            /// GET | HEAD | POST | PUT | DELETE | PATCH
            method: String,
            /// Relative to the FHIR base.
            url: String,
        }
        /// As the header `If-None-Match`.
        if_none_match: Option<String>,
        /// As the header `If-Match`.
        if_match: Option<String>,
        /// As the header `If-None-Exist`.
        if_none_exist: Option<String>,
    }
    /// What came of one thing.
    BundleResponse {
        @required {
            /// The HTTP status, such as `201 Created`.
            status: String,
        }
        /// Where the resource is.
        location: Option<String>,
        /// Its version, as the header `ETag`.
        etag: Option<String>,
        /// When it last changed.
        last_modified: Option<Timestamp>,
        /// Why it was not done.
        outcome: Option<Resource>,
    }
    /// Why an entry is in a search's answer.
    BundleSearch {
        /// Found, taken along, or a remark.
        mode: Option<SearchMode>,
    }
    /// What goes into an operation.
    Parameters {
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// The parameters.
        parameter: Vec<Parameter>,
    }
    /// One parameter by name; exactly one of the values is there.
    Parameter {
        @required {
            /// Its name in the operation's definition.
            name: String,
        }
        /// Text.
        value_string: Option<String>,
        /// A code.
        value_code: Option<String>,
        /// An address.
        value_uri: Option<String>,
        /// A code with its system.
        value_coding: Option<Coding>,
        /// A concept.
        value_codeable_concept: Option<CodeableConcept>,
        /// A date.
        value_date: Option<DateTime>,
        /// An instant.
        value_instant: Option<DateTime>,
        /// When something is to happen.
        value_timing: Option<Timing>,
        /// Whole number.
        value_integer: Option<i32>,
        /// Date or instant.
        value_date_time: Option<DateTime>,
        /// Identifier.
        value_identifier: Option<Identifier>,
        /// Reference.
        value_reference: Option<Reference>,
        /// A whole resource.
        resource: Option<Box<Resource>>,
    }
    /// What went wrong, or what there is to remark.
    OperationOutcome {
        @required {
            /// At least one.
            issue: Vec<Issue>,
        }
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Among others free slots in place of a taken one ([`crate::systems::PROPOSED_SLOT`]).
        extension: Vec<Extension>,
    }
    /// One thing that went wrong.
    Issue {
        @required {
            /// How bad it is.
            severity: IssueSeverity,
            /// What kind.
            code: IssueType,
        }
        /// For the person.
        details: Option<CodeableConcept>,
        /// For whoever looks after the program.
        diagnostics: Option<String>,
        /// Where in the resource, as FHIRPath.
        expression: Vec<String>,
    }
}

impl Bundle {
    /// The resources of all entries, in order.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.entry.iter().filter_map(|entry| entry.resource.as_ref())
    }
}

impl BundleEntry {
    /// An entry of a search's answer.
    #[must_use]
    pub fn found(full_url: Option<String>, resource: impl Into<Resource>, mode: SearchMode) -> Self {
        Self {
            full_url,
            resource: Some(resource.into()),
            search: Some(BundleSearch { mode: Some(mode) }),
            ..Self::default()
        }
    }
}

impl Parameters {
    /// The parameters of that name, in order of preference.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Parameter> {
        self.parameter.iter().filter(move |parameter| parameter.name == name)
    }
}

impl Parameter {
    /// A parameter without a value yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// A text parameter.
    #[must_use]
    pub fn string(name: &str, value: impl Into<String>) -> Self {
        Self {
            value_string: Some(value.into()),
            ..Self::new(name)
        }
    }

    /// A date or instant.
    #[must_use]
    pub fn date_time(name: &str, value: impl Into<DateTime>) -> Self {
        Self {
            value_date_time: Some(value.into()),
            ..Self::new(name)
        }
    }

    /// A reference.
    #[must_use]
    pub fn reference(name: &str, value: Reference) -> Self {
        Self {
            value_reference: Some(value),
            ..Self::new(name)
        }
    }

    /// A whole resource.
    #[must_use]
    pub fn resource(name: &str, value: impl Into<Resource>) -> Self {
        Self {
            resource: Some(Box::new(value.into())),
            ..Self::new(name)
        }
    }
}

impl OperationOutcome {
    /// An outcome with one error: `text` is for the person.
    #[must_use]
    pub fn error(code: IssueType, text: impl Into<String>) -> Self {
        let details = CodeableConcept {
            text: Some(text.into()),
            ..CodeableConcept::default()
        };
        let issue = Issue {
            severity: IssueSeverity::Error,
            code,
            details: Some(details),
            ..Issue::default()
        };
        Self {
            issue: vec![issue],
            ..Self::default()
        }
    }

    /// What its first issue says, in words or by its code.
    #[must_use]
    pub fn text(&self) -> &str {
        self.issue.first().map_or("", |issue| {
            let details = issue.details.as_ref().and_then(|details| details.text.as_deref());
            details.or(issue.diagnostics.as_deref()).unwrap_or(issue.code.as_str())
        })
    }
}
