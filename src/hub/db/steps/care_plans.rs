//! Plans of doctors: see [`super::super::care_plans`].

use super::{
    super::{
        Answer, AuditNote, CarePlanRow, CarePlans, DbError, NewCarePlan, PlanMade,
        backend::{Backend, Row, Session, values},
    },
    answer_of,
    audit::insert_note,
    feeds::Told,
    insert_answer,
};
use jiff::Timestamp;

/// The kind of entry in a patient's feed. What a plan says is read where it is kept.
const ENTRY: &str = "care-plan";
const COLUMNS: &str = "id, patient_id, version, updated_at, body";

fn plan(row: &Row) -> Result<CarePlanRow, DbError> {
    Ok(CarePlanRow {
        id: row.get(0)?,
        patient: row.get(1)?,
        version: row.get(2)?,
        updated_at: row.get(3)?,
        body: row.get(4)?,
    })
}

fn read(session: &dyn Session, id: &str) -> Result<Option<CarePlanRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM care_plans WHERE id = $1");
    session.first(&sql, &values![id])?.as_ref().map(plan).transpose()
}

fn tell(session: &dyn Session, patient: &str, id: &str) -> Result<(), DbError> {
    let mut told = Told::default();
    told.patient(Some(patient), ENTRY, id, None);
    told.tell(session)
}

impl<B: Backend> CarePlans for B {
    fn make_care_plan(&self, new: &NewCarePlan, now: Timestamp) -> Result<PlanMade, DbError> {
        self.write(|session| {
            if let Some((command, fingerprint)) = &new.command
                && let Some(first) = answer_of(session, *command)?
            {
                let made = read(session, &first.body)?.filter(|_| first.fingerprint == *fingerprint);
                return Ok(made.map_or(PlanMade::CommandReused, PlanMade::Again));
            }
            session.execute(
                "INSERT INTO care_plans (id, patient_id, version, updated_at, body) VALUES ($1, $2, 1, $3, $4)",
                &values![&new.id, &new.patient, now, &new.body],
            )?;
            if let Some((command, fingerprint)) = &new.command {
                let answer = Answer {
                    fingerprint: fingerprint.clone(),
                    body: new.id.clone(),
                };
                insert_answer(session, *command, &answer, now)?;
            }
            insert_note(session, &new.note)?;
            tell(session, &new.patient, &new.id)?;
            Ok(PlanMade::New)
        })
    }

    fn change_care_plan(
        &self,
        id: &str,
        from_version: i64,
        body: &str,
        note: &AuditNote,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        self.write(|session| {
            let changed = session.first(
                "UPDATE care_plans SET version = version + 1, updated_at = $1, body = $2
                 WHERE id = $3 AND version = $4 RETURNING patient_id",
                &values![now, body, id, from_version],
            )?;
            let Some(changed) = changed else { return Ok(false) };
            insert_note(session, note)?;
            tell(session, &changed.get::<String>(0)?, id)?;
            Ok(true)
        })
    }

    fn care_plan(&self, id: &str) -> Result<Option<CarePlanRow>, DbError> {
        self.read(|session| read(session, id))
    }

    fn care_plans(&self, patient: &str) -> Result<Vec<CarePlanRow>, DbError> {
        let sql = format!("SELECT {COLUMNS} FROM care_plans WHERE patient_id = $1 ORDER BY updated_at DESC, id");
        self.read(|session| session.query(&sql, &values![patient])?.iter().map(plan).collect())
    }
}
