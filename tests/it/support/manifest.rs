//! Manifests to send, and reports to hold against what is expected.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::client::{Answer, Client};

pub const IMPORTS: &str = "/api/v1/pipeline/imports";

/// The day that the expected reports are for, in the morning.
pub const TODAY: &str = "2026-11-22T02:00:00Z";

/// A file of `tests/data` with the report that it must lead to.
pub struct Sample {
    pub name: &'static str,
    pub bytes: &'static [u8],
    pub expected: &'static str,
}

pub const CLEAN: Sample = Sample {
    name: "manifest-clean.csv",
    bytes: include_bytes!("../../data/manifest-clean.csv"),
    expected: include_str!("../../data/manifest-clean.expected.json"),
};

pub const MESSY: Sample = Sample {
    name: "manifest-messy.csv",
    bytes: include_bytes!("../../data/manifest-messy.csv"),
    expected: include_str!("../../data/manifest-messy.expected.json"),
};

impl Sample {
    /// `again`: the file has been imported before.
    #[track_caller]
    pub fn check(&self, report: &Value, again: bool) {
        let expected: Value = serde_json::from_str(self.expected).unwrap();
        let people = &expected["created"];
        let (new, old) = if again {
            ("unchanged", "created")
        } else {
            ("created", "unchanged")
        };
        assert_eq!(&report[new], people, "{}", self.name);
        assert_eq!(report[old], 0, "{}", self.name);
        assert_eq!(report["updated"], 0, "{}", self.name);
        for field in ["rows", "rejected"] {
            assert_eq!(report[field], expected[field], "{} {field}", self.name);
        }
        for list in ["errors", "warnings"] {
            assert_eq!(
                problems(&report[list]),
                problems(&expected[list]),
                "{} {list}",
                self.name
            );
        }
    }
}

/// Row, column regardless of case, and code.
fn problems(list: &Value) -> Vec<(u64, String, String)> {
    let problem = |problem: &Value| {
        let column = problem["column"].as_str().unwrap().trim().to_lowercase();
        let code = problem["code"].as_str().unwrap().to_owned();
        (problem["row"].as_u64().unwrap(), column, code)
    };
    list.as_array().unwrap().iter().map(problem).collect()
}

/// A file of so many people, one departure for 200 of them, without a mistake.
pub fn generated(people: usize) -> Vec<u8> {
    let mut file =
        "Nama Lengkap;No. Paspor;Tgl Lahir;JK;Kode Keberangkatan;Tgl Berangkat;No HP\n".to_owned();
    for number in 0..people {
        let departure = number / 200;
        file.push_str(&format!(
            "Ahmad Santoso {number};X{:07};1970-05-01;{};UMR-{departure:03};2027-{:02}-{:02};0812{number:08}\n",
            number + 1_000_000,
            if number % 2 == 0 { "L" } else { "P" },
            departure % 12 + 1,
            departure % 28 + 1,
        ));
    }
    file.into_bytes()
}

pub async fn send(client: &Client, name: &str, bytes: &[u8]) -> Answer {
    send_to(client, IMPORTS, name, bytes).await
}

pub async fn send_to(client: &Client, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    send_form(client, path, Form::new().part("file", part)).await
}

pub async fn send_form(client: &Client, path: &str, form: Form) -> Answer {
    Answer::read(client.request(Method::POST, path).multipart(form)).await
}

/// The report of a file that was taken.
pub async fn report(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let answer = send(client, name, bytes).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["data"].clone()
}
