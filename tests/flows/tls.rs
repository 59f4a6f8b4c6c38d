//! A hub with a certificate, and whom the app believes it.

use std::path::Path;

use anban_core::Command;
use anban_core::appointments;
use anban_core::entry::Field;
use anban_core::first_start;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::at_the_soonest_time;
use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, question, tells, word};

/// A hub with a certificate by an authority of the district's own, whose certificate is in the file `authority.pem`.
fn hub_of_the_district(data: &Home) -> Hub {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    data.file("authority.pem", authority.self_signed(&key).unwrap().pem());
    let authority = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = data.file("hub.pem", certificate.signed_by(&key, &authority).unwrap().pem());
    let key = data.file("hub.key", key.serialize_pem());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let options = [
        "--listen",
        "127.0.0.1:0",
        "--tls-certificate",
        certificate,
        "--tls-key",
        key,
    ];
    let hub = Hub::on(&data.profile(), &options);
    assert!(hub.url.starts_with("https://127.0.0.1:"), "{}", hub.url);
    hub
}

/// The app on a machine that trusts these authorities and no others.
fn person_trusting(authorities: &Path, home: &Home, hub: &Hub) -> Person {
    let mut command = home.anban(&["headless", "--hub", &hub.url]);
    command.arg("--profile").arg(home.profile());
    command.env("SSL_CERT_FILE", authorities).env_remove("SSL_CERT_DIR");
    Person::with(command)
}

#[test]
fn a_person_books_where_the_machine_trusts_the_districts_authority_and_nowhere_else() {
    let (home, data) = (Home::new(), Home::new());
    let hub = hub_of_the_district(&data);
    let authority = data.path().join("authority.pem");
    // Somebody else's authority.
    let other = CertificateParams::new([]).unwrap();
    let other = home.file(
        "other.pem",
        other.self_signed(&KeyPair::generate().unwrap()).unwrap().pem(),
    );

    let mut person = person_trusting(&other, &home, &hub);
    person.does(Command::FirstStart(first_start::Command::Finish));
    person.enters(Field::Name, "王秀英");
    let page = person.does(Command::Appointments(appointments::Command::Begin)).view;
    tells(&page, "doctor-none-title");
    person.leaves();

    let mut person = person_trusting(&authority, &home, &hub);
    let (sure, _) = at_the_soonest_time(&mut person);
    let booked = person.taps(&sure, "confirm-yes").view;
    assert_eq!(question(&booked).title.text, word(&booked, "visit-booked"));
    person.leaves();
}
