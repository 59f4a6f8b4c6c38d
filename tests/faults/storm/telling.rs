//! What a storm prints about itself.

use crate::Storm;
use crate::ledger::{Finding, Ledger, What};

impl Storm {
    /// How it was, and what came of it.
    pub fn tells(&self, ledger: &Ledger, findings: &[Finding]) {
        let traffic = self.network.traffic();
        let count = |is: fn(&Finding) -> bool| findings.iter().filter(|finding| is(finding)).count();
        let kinds = |is: fn(&What) -> bool| ledger.wanted.iter().filter(|wanted| is(&wanted.what)).count();
        println!("storm: over after {} s", self.began.elapsed().as_secs());
        println!("  seed           {}", self.plan.seed);
        println!(
            "  app kills      {}",
            self.people.iter().map(|person| person.kills).sum::<usize>()
        );
        println!("  hub kills      {}", self.city.kills);
        println!("  restored       {}", self.city.backups.gaps.len());
        println!("  disks filled   {}", self.disks_filled);
        println!(
            "  messages       {}, of which spoilt {}",
            traffic.messages, traffic.spoilt
        );
        println!(
            "  commands       {} ({} visits, {} moves, {} cancellations, {} refused by the elder, {} invitations, {} cards, {} registrations, {} \
             documents)",
            ledger.wanted.len(),
            kinds(|what| matches!(what, What::Book { .. })),
            kinds(|what| matches!(what, What::Move { .. })),
            kinds(|what| matches!(what, What::Cancel { .. })),
            kinds(|what| matches!(what, What::Decline { .. })),
            kinds(|what| matches!(what, What::Invite | What::Accept)),
            kinds(|what| matches!(what, What::Card)),
            kinds(|what| matches!(what, What::Register { .. })),
            kinds(|what| matches!(what, What::Relative | What::HealthCode)),
        );
        println!(
            "  acknowledged   {}",
            ledger.wanted.iter().filter(|wanted| wanted.acknowledged).count()
        );
        println!(
            "  booked         {}",
            ledger.hub.appointments.iter().filter(|one| one.booked).count()
        );
        let for_others = ledger
            .apps
            .iter()
            .flat_map(|app| &app.visits)
            .filter(|visit| visit.for_other && visit.number != 0);
        println!(
            "  by a relative  {}, of which the elder has refused {}",
            for_others.clone().count(),
            for_others.filter(|visit| visit.declined).count()
        );
        println!("  repeated       {}", traffic.repeated);
        println!(
            "  lost           {}",
            count(|finding| matches!(finding, Finding::Lost(_)))
        );
        println!(
            "  doubled        {}",
            count(|finding| matches!(finding, Finding::Doubled(_)))
        );
        println!(
            "  told otherwise {}",
            count(|finding| matches!(finding, Finding::Disagree(_)))
        );
        println!(
            "  still open     {}",
            count(|finding| matches!(finding, Finding::StillOpen(_)))
        );
        for finding in findings {
            println!("  {finding:?}");
        }
        if findings.is_empty() {
            return;
        }
        for (number, app) in ledger.apps.iter().enumerate() {
            println!("  person {number} has read: {}", app.read.join("; "));
            let patient = crate::family::patient(&self.people[number]);
            println!("  and the hub has: {}", self.city.feed_of(&patient));
        }
    }
}
