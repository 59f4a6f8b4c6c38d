//! What an entry may refer to: what there is, and what the same request is about to make.

use crate::{
    db::{Database, DbError, EntryRow},
    gateway::Gateway,
};
use anban_wire::fhir::{Reference, Resource, is_id};
use std::{cell::RefCell, collections::BTreeMap};

/// The types of the directory, each after those that it refers to.
pub(in crate::http) const KINDS: [&str; 5] = ["Location", "Practitioner", "HealthcareService", "Schedule", "Slot"];

/// What there is for an entry to refer to.
pub(in crate::http) struct Known<'a> {
    pub(super) db: &'a dyn Database,
    /// What the addresses of this hub begin with.
    base: &'a str,
    pub(super) gateway: Option<&'a Gateway>,
    /// What the same request writes, by type and id.
    new: BTreeMap<(&'static str, String), Resource>,
    /// What was looked up already: a week of times names the same calendar again and again.
    seen: RefCell<BTreeMap<(&'static str, String), Option<EntryRow>>>,
}

impl<'a> Known<'a> {
    pub(in crate::http) fn of(db: &'a dyn Database, base: &'a str, gateway: Option<&'a Gateway>) -> Self {
        Self {
            db,
            base,
            gateway,
            new: BTreeMap::new(),
            seen: RefCell::default(),
        }
    }

    /// Says that the same request writes this, under that id.
    pub(in crate::http) fn add(&mut self, id: &str, resource: &Resource) {
        self.new.insert((resource.type_name(), id.to_owned()), resource.clone());
    }

    /// The id in a reference to something of this hub.
    pub(super) fn id_of<'r>(&self, reference: &'r Reference, kind: &str) -> Option<&'r str> {
        let literal = reference.reference.as_deref()?;
        let local = literal
            .strip_prefix(self.base)
            .and_then(|rest| rest.strip_prefix("/fhir/"))
            .unwrap_or(literal);
        let id = local.strip_prefix(kind)?.strip_prefix('/')?;
        is_id(id).then_some(id)
    }

    pub(super) fn get(&self, kind: &'static str, id: &str) -> Result<Option<Resource>, DbError> {
        match self.new.get(&(kind, id.to_owned())) {
            Some(resource) => Ok(Some(resource.clone())),
            None => Ok(self.row(kind, id)?.map(|row| row.resource)),
        }
    }

    /// The entry as it is kept.
    pub(super) fn row(&self, kind: &'static str, id: &str) -> Result<Option<EntryRow>, DbError> {
        let key = (kind, id.to_owned());
        if let Some(row) = self.seen.borrow().get(&key) {
            return Ok(row.clone());
        }
        let row = self.db.entry(kind, id)?;
        self.seen.borrow_mut().insert(key, row.clone());
        Ok(row)
    }

    /// Whether the demonstration city or a hospital's own server keeps that entry.
    pub(super) fn is_elsewhere(&self, kind: &'static str, id: &str) -> Result<bool, DbError> {
        if kind == "HealthcareService" && self.gateway.is_some_and(|gateway| gateway.has_service(id)) {
            return Ok(true);
        }
        Ok(self.row(kind, id)?.is_some_and(|entry| !entry.is_written))
    }
}
