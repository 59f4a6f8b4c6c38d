//! A client that costs next to nothing, since hub and database share the processors with it: one connection, and of
//! HTTP no more than it takes.

use anban_wire::{
    CommandId,
    fhir::{Identifier, Resource, to_json},
    scheduling::{BookRequest, PatientDetails},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};
use uuid::Uuid;

pub struct Client {
    address: String,
    stream: BufReader<TcpStream>,
}

/// A booking of this slot, for somebody new.
pub fn booking(slot: &str) -> Vec<u8> {
    let request = BookRequest {
        command: Some(CommandId(Uuid::new_v4())),
        slot: slot.to_owned(),
        patient: PatientDetails {
            id: None,
            identifier: Some(Identifier::new(
                "https://example.test/patient",
                Uuid::new_v4().to_string(),
            )),
            name: Some("王秀英".to_owned()),
            telephone: None,
        },
        comment: None,
    };
    to_json(&Resource::from(request.to_parameters())).unwrap()
}

impl Client {
    pub fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            address: address.to_owned(),
            stream: BufReader::new(stream),
        }
    }

    /// Books; what was answered.
    pub fn book(&mut self, body: &[u8]) -> String {
        let head = format!(
            "POST /fhir/Appointment/$book HTTP/1.1\r\nHost: {}\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.asks(&[head.as_bytes(), body].concat())
    }

    pub fn get(&mut self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.asks(head.as_bytes())
    }

    fn asks(&mut self, request: &[u8]) -> String {
        self.stream.get_mut().write_all(request).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let is_ok = line.contains(" 200 ");
        let mut length = 0;
        loop {
            let mut header = String::new();
            self.stream.read_line(&mut header).unwrap();
            if header == "\r\n" {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(is_ok, "{line}{body}");
        body
    }
}
