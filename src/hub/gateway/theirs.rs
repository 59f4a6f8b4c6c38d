//! Resources of a hospital as they came: written back whole, with the few fields changed that something is about. What this
//! hub has no struct for is kept that way.

use super::{
    hospital::Hospital,
    there::{Exchange, NoAnswer},
};
use crate::{
    booking::{Plan, Refused},
    db::{Database, DbError, NewAppointment},
};
use anban_wire::{
    CommandId,
    fhir::{
        Appointment, ContactPoint, FhirResource, HumanName, Identifier, Patient, Reference, from_json, is_id, to_json,
    },
    systems,
};
use serde_json::{Value, json};

/// A resource of theirs, read and as it came.
pub(super) struct Theirs<R> {
    pub(super) read: R,
    pub(super) raw: Value,
    tag: String,
}

/// One resource of theirs, with its version: without one two could have the same slot.
pub(super) fn theirs<R: FhirResource + Clone>(
    exchange: &Exchange<'_>,
    id: &str,
) -> Result<Option<Theirs<R>>, NoAnswer> {
    let strange = || NoAnswer::Strange(R::TYPE);
    let Some(body) = exchange.read(R::TYPE, id)? else {
        return Ok(None);
    };
    let read: R = from_json(&body).map_err(|_| strange())?;
    let raw: Value = serde_json::from_slice(&body).map_err(|_| strange())?;
    if raw.get("id").and_then(Value::as_str) != Some(id) {
        return Err(strange());
    }
    let version = raw.pointer("/meta/versionId").and_then(Value::as_str);
    let version = version.filter(|version| is_id(version)).ok_or_else(strange)?;
    let tag = format!("W/\"{version}\"");
    Ok(Some(Theirs { read, raw, tag }))
}

impl<R> Theirs<R> {
    /// The entry that writes it back changed, if it is still as it was read.
    pub(super) fn put(&self, kind: &str, id: &str, change: impl FnOnce(&mut Value)) -> Value {
        let mut resource = self.raw.clone();
        change(&mut resource);
        let url = format!("{kind}/{id}");
        json!({"resource": resource, "request": {"method": "PUT", "url": url, "ifMatch": self.tag}})
    }
}

/// Sets a field, or takes it away.
pub(super) fn set(resource: &mut Value, name: &str, value: Value) {
    if let Some(fields) = resource.as_object_mut() {
        match value {
            Value::Null => fields.remove(name),
            value => fields.insert(name.to_owned(), value),
        };
    }
}

/// All of it or nothing.
pub(super) fn transaction(entries: Vec<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})
}

impl Hospital {
    /// The appointment as the hospital is to have it: with the patient in it, since nobody has an id there.
    pub(super) fn as_theirs(
        &self,
        db: &dyn Database,
        plan: &Plan,
        new: &NewAppointment,
        slot: &str,
        command: CommandId,
    ) -> Result<Value, Refused> {
        let mut theirs = plan.appointment.clone();
        theirs.id = None;
        theirs.meta = None;
        theirs.extension.clear();
        theirs.patient_instruction = None;
        theirs.identifier = vec![command.to_identifier()];
        theirs.slot = vec![Reference::to("Slot", slot)];
        if let Some(id) = &new.patient_id {
            let row = db.patient(id)?;
            let number = Identifier::new(systems::PATIENT, id);
            let telephone = row.as_ref().and_then(|row| row.telephone.clone());
            let patient = Patient {
                id: Some("patient".to_owned()),
                identifier: vec![number.clone()],
                name: row
                    .iter()
                    .map(|row| HumanName {
                        text: Some(row.name.clone()),
                        ..HumanName::default()
                    })
                    .collect(),
                telecom: telephone
                    .into_iter()
                    .map(|number| ContactPoint {
                        system: Some("phone".to_owned()),
                        value: Some(number),
                        ..ContactPoint::default()
                    })
                    .collect(),
                ..Patient::default()
            };
            theirs.contained = vec![patient.into()];
            let actors = theirs.participant.iter_mut().filter_map(|one| one.actor.as_mut());
            for actor in actors.filter(|actor| actor.id_of("Patient").is_some()) {
                actor.reference = Some("#patient".to_owned());
                actor.kind = Some("Patient".to_owned());
                actor.identifier = Some(Box::new(number.clone()));
            }
        }
        theirs.participant.retain_mut(|one| match one.actor.as_mut() {
            Some(actor) if actor.kind.as_deref() == Some("Patient") => true,
            Some(actor) => self.reference_there(actor).map(|there| *actor = there).is_some(),
            None => false,
        });
        value(theirs)
    }

    /// Whoever took part and is not of the calendar, with those of the new one.
    pub(super) fn participants(&self, theirs: &Theirs<Appointment>, wanted: &Appointment) -> Result<Value, Refused> {
        let is_of_calendar = |one: &Value| {
            let reference = one
                .pointer("/actor/reference")
                .and_then(Value::as_str)
                .unwrap_or_default();
            ["Practitioner/", "HealthcareService/", "Location/"]
                .iter()
                .any(|kind| reference.contains(kind))
        };
        let all = theirs
            .raw
            .get("participant")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut all: Vec<Value> = all.into_iter().filter(|one| !is_of_calendar(one)).collect();
        for one in &wanted.participant {
            let mut one = one.clone();
            one.actor = one.actor.as_ref().and_then(|actor| self.reference_there(actor));
            if one.actor.is_some() {
                all.push(serde_json::to_value(one).map_err(|_| DbError::Damaged("appointment"))?);
            }
        }
        Ok(Value::Array(all))
    }
}

fn value(appointment: Appointment) -> Result<Value, Refused> {
    let written = to_json(&appointment.into()).ok();
    let read = written.and_then(|body| serde_json::from_slice(&body).ok());
    read.ok_or_else(|| DbError::Damaged("appointment").into())
}
