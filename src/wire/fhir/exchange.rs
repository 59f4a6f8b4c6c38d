//! What wraps resources on their way: bundles, the parameters of an operation, outcomes, and the statement of
//! what a server can do.

use super::{
    Absent, BundleType, CodeableConcept, DateTime, Extension, Identifier, IssueSeverity, IssueType, Meta, Reference,
    Resource, SearchMode, fhir_types,
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
        /// The list.
        entry: Vec<BundleEntry>,
    }
    /// One of the list.
    BundleEntry {
        /// Its absolute address.
        full_url: Option<String>,
        /// The resource.
        resource: Option<Resource>,
        /// Why it is in the list.
        search: Option<BundleSearch>,
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
    }
    /// What a server can do.
    CapabilityStatement {
        @required {
            /// draft | active | retired | unknown
            status: String,
            /// instance | capability | requirements
            kind: String,
            /// Version of FHIR.
            fhir_version: String,
            /// Media types.
            format: Vec<String>,
        }
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// When it was written.
        date: Option<DateTime>,
        /// The program.
        software: Option<Software>,
        /// This instance of it.
        implementation: Option<Implementation>,
        /// Canonical URLs of what it implements.
        instantiates: Vec<String>,
        /// Its REST interface.
        rest: Vec<CapabilityRest>,
    }
    /// A program.
    Software {
        @required {
            /// Its name.
            name: String,
        }
        /// Its version.
        version: Option<String>,
    }
    /// An instance of a program.
    Implementation {
        @required {
            /// What it is.
            description: String,
        }
    }
    /// A REST interface.
    CapabilityRest {
        @required {
            /// client | server
            mode: String,
        }
        /// What it offers.
        resource: Vec<CapabilityResource>,
    }
    /// What a REST interface offers of one resource type.
    CapabilityResource {
        @required {
            /// The type.
            #[serde(rename = "type")]
            kind: String,
        }
        /// Ways to use it.
        interaction: Vec<Interaction>,
        /// Ways to search for it.
        search_param: Vec<SearchParam>,
        /// Operations on it.
        operation: Vec<CapabilityOperation>,
    }
    /// A way to use a resource.
    Interaction {
        @required {
            /// read | update | search-type | …
            code: String,
        }
    }
    /// A search parameter.
    SearchParam {
        @required {
            /// Its name.
            name: String,
            /// token | reference | date | …
            #[serde(rename = "type")]
            kind: String,
        }
    }
    /// An operation.
    CapabilityOperation {
        @required {
            /// Its name without the dollar sign.
            name: String,
            /// Canonical URL of its definition.
            definition: String,
        }
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
            diagnostics: None,
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
